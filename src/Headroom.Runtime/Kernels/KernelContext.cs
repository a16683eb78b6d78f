using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels;

/// <summary>What a kernel sees of one node: its tensors where the plan put them. Tensors are borrowed; a kernel disposes none of them.</summary>
public sealed unsafe class KernelContext
{
    private readonly Tensor?[] _inputs;
    private readonly Tensor?[] _outputs;

    internal KernelContext(Node node, Signature signature, Device device)
    {
        Node = node;
        Signature = signature;
        Device = device;
        _inputs = new Tensor?[node.Inputs.Length];
        _outputs = new Tensor?[node.Outputs.Length];
    }

    public Node Node { get; }

    /// <summary>Static types, known values and wanted outputs.</summary>
    public Signature Signature { get; }

    public Device Device { get; }

    /// <summary>Working space of the size that <see cref="Kernel.Workspace"/> asked for, 64-byte aligned; null when none was.</summary>
    public byte* Workspace { get; internal set; }

    public bool Has(int input) => input < _inputs.Length && _inputs[input] is not null;

    /// <summary>An input; contiguous unless the operator accepts strides there.</summary>
    public Tensor Input(int i) => _inputs[i] ?? throw new GraphException($"node '{Node.Name}' ({Node.Operator.Name}): input {i} is missing");

    public Tensor? Optional(int i) => i < _inputs.Length ? _inputs[i] : null;

    public bool Wants(int output) => output < Node.Outputs.Length && Node.Outputs[output].Exists;

    /// <summary>The contiguous tensor that an output is to be written into. It may be the very buffer of the input that <see cref="Operator.MayOverwrite"/> names.</summary>
    public Tensor Output(int i) => _outputs[i] ?? throw new InvalidOperationException($"output {i} of {Node.Operator.Name} is unwanted");

    /// <summary>
    /// Takes an output that libtorch allocated itself, because it can't be told where to write: it is copied to where the plan wants it and freed at once. Kept where it is, it would leave a gap in the heap
    /// that glibc before 2.38 can't refill, and resident memory would grow well beyond what is alive.
    /// </summary>
    public void Return(int output, Tensor tensor)
    {
        using (tensor)
            if (Wants(output)) Output(output).CopyFrom(tensor, node: Node.Name);
    }

    public T* In<T>(int i) where T : unmanaged => (T*)Input(i).Data;

    public T* Out<T>(int i) where T : unmanaged => (T*)Output(i).Data;

    /// <summary>A scalar input, read on the host.</summary>
    public T Scalar<T>(int i) where T : unmanaged => *(T*)Input(i).Data;

    /// <summary>A call of an ATen operator; faults name this node.</summary>
    public Dispatcher Call(AtenOperator op) => new(op, Node.Name);

    /// <summary>Typed shims of this device, for the few operators that the dispatcher can't take.</summary>
    public Shims Shims => Shims.For(Device);

    internal void Bind(int input, Tensor? tensor) => _inputs[input] = tensor;

    internal void BindOutput(int output, Tensor? tensor) => _outputs[output] = tensor;
}
