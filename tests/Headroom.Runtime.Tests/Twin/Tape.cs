using System.Runtime.InteropServices;
using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.Twin;

/// <summary>An optional argument that is there.</summary>
internal sealed record Some(object Value);

/// <summary>Calls of ATen operators that libtorch's own autograd records. Whatever a call returns lives until the tape is disposed, which also turns gradients off again for the thread.</summary>
/// <remarks>
/// The C interface has no entry for a gradient that has been computed: <c>aten::_backward</c> stores it in the leaf, and <c>c10::TensorImpl::grad</c>, a C++ method that libc10 exports, hands it out.
/// Good enough for a test of this libtorch; nothing that ships depends on it.
/// </remarks>
internal sealed unsafe class Tape : IDisposable
{
    private const string GradSymbol = "_ZNK3c1010TensorImpl4gradEv";
    private static readonly AtenOperator RequiresGrad = new("aten::requires_grad_"), BackwardOf = new("aten::_backward");
    private static readonly delegate* unmanaged<nint, nint> Grad;
    private static readonly delegate* unmanaged<byte, void> SetGradMode;
    private static readonly delegate* unmanaged<nint, nint*, int> NewHandle;
    private readonly List<Tensor> _alive = [];

    static Tape()
    {
        Library.Load();
        nint core = NativeLibrary.Load(Directory.EnumerateFiles(Library.Folder).First(f => Path.GetFileNameWithoutExtension(f) is "libc10" or "c10"));
        nint torch = NativeLibrary.Load(Directory.EnumerateFiles(Library.Folder).First(f => Path.GetFileNameWithoutExtension(f) is "libtorch_cpu" or "torch_cpu"));
        Grad = (delegate* unmanaged<nint, nint>)(NativeLibrary.TryGetExport(core, GradSymbol, out nint grad) ? grad : 0);
        SetGradMode = (delegate* unmanaged<byte, void>)NativeLibrary.GetExport(torch, "aoti_torch_grad_mode_set_enabled");
        NewHandle = (delegate* unmanaged<nint, nint*, int>)NativeLibrary.GetExport(torch, "aoti_torch_new_tensor_handle");
    }

    public Tape()
    {
        Library.Load(); // settles the thread's mode once, so that no call turns it off in between
        SetGradMode(1);
    }

    /// <summary>False where this libtorch exports no such method (another compiler's names).</summary>
    public static bool Works => Grad != null;

    /// <summary>A tensor of the feed's values, whose gradient is recorded where the feed says so.</summary>
    public Tensor Leaf(Feed feed)
    {
        Tensor leaf = Constant(feed);
        if (feed.Differentiate) Call(RequiresGrad, [leaf, true]);
        return leaf;
    }

    public Tensor Constant(Feed feed)
    {
        ScalarType type = feed.Type.Element switch
        {
            ElementType.Float64 => ScalarType.Float64,
            ElementType.Float32 => ScalarType.Float32,
            ElementType.Int64 => ScalarType.Int64,
            ElementType.Int32 => ScalarType.Int32,
            ElementType.Bool => ScalarType.Bool,
            _ => throw new NotSupportedException($"{feed.Type.Element}"),
        };
        Tensor tensor = Keep(Tensor.Empty(feed.Type.Shape.Dims, type, Device.Cpu));
        ReadOnlySpan<byte> bytes = GradientCheck.Data(feed).Bytes;
        bytes.CopyTo(new Span<byte>(tensor.Data, bytes.Length));
        return tensor;
    }

    /// <summary>One number of fp64, in the shape that broadcasts to anything.</summary>
    public Tensor Number(double value) => Constant(Feed.Of(new TensorType(ElementType.Float64), value));

    /// <summary>Calls an operator of one result: <c>Op("softmax.int", x, -1, null)</c>.</summary>
    /// <param name="name">Without <c>aten::</c>; the overload after a point.</param>
    /// <param name="arguments">All of the schema, in its order: <see cref="Tensor"/>, int, long, bool, double, string, arrays of them, null for what is left out, <see cref="Some"/> for an optional one that is there.</param>
    public Tensor Op(string name, params object?[] arguments) => Many(name, 1, arguments)[0];

    /// <summary>The same with several results.</summary>
    public Tensor[] Many(string name, int results, params object?[] arguments)
    {
        string[] parts = name.Split('.');
        return Call(new AtenOperator("aten::" + parts[0], parts.Length > 1 ? parts[1] : ""), arguments, results);
    }

    /// <summary>Sum of two tensors of one shape (<c>add</c> itself takes a Scalar).</summary>
    public Tensor Add(Tensor a, Tensor b) => Op("sum.dim_IntList", Op("stack", new[] { a, b }, 0), new Some(new long[] { 0 }), false, null);

    /// <summary>Runs backward from a tensor with the given gradient of it.</summary>
    public void Backward(Tensor from, Tensor gradient, params Tensor[] leaves) => Call(BackwardOf, [from, leaves, new Some(gradient), null, false], 0);

    /// <summary>What backward has stored in a leaf.</summary>
    public double[] Gradient(Tensor leaf)
    {
        // A handle is an at::Tensor*, which holds nothing but the pointer to its TensorImpl; grad() gives a reference to another at::Tensor.
        nint found = Grad(*(nint*)leaf.Handle), handle;
        Assert.Equal(0, NewHandle(found, &handle));
        return Values(Keep(Tensor.Own(handle)));
    }

    public double[] Values(Tensor tensor)
    {
        Tensor copy = Keep(Tensor.Empty(tensor.Sizes, ScalarType.Float64, Device.Cpu));
        SetGradMode(0);
        copy.CopyFrom(tensor);
        SetGradMode(1);
        return copy.Span<double>().ToArray();
    }

    public void Dispose()
    {
        SetGradMode(0);
        foreach (Tensor t in _alive) t.Dispose();
    }

    private Tensor Keep(Tensor tensor)
    {
        _alive.Add(tensor);
        return tensor;
    }

    private Tensor[] Call(AtenOperator target, object?[] arguments, int results = 1)
    {
        var call = new Dispatcher(target, target.Text);
        foreach (object? a in arguments) Push(ref call, a);
        call.Invoke(results);
        var tensors = new Tensor[results];
        for (int i = 0; i < results; i++) tensors[i] = Keep(call.TensorAt(i));
        return tensors;
    }

    private static void Push(ref Dispatcher call, object? argument)
    {
        switch (argument)
        {
            case null: call.None(); break;
            case Tensor t: call.Tensor(t); break;
            case int i: call.Int(i); break;
            case long i: call.Int(i); break;
            case bool b: call.Bool(b); break;
            case double d: call.Double(d); break;
            case string s: call.String(s); break;
            case long[] list: call.ListInt(list); break;
            case bool[] list: call.ListBool(list); break;
            case Tensor[] list: call.ListTensor(list); break;
            case Some { Value: Tensor t }: call.OptionalTensor(t); break;
            case Some { Value: int i }: call.OptionalInt(i); break;
            case Some { Value: long i }: call.OptionalInt(i); break;
            case Some { Value: double d }: call.OptionalDouble(d); break;
            case Some { Value: long[] list }: call.OptionalListInt(list); break;
            default: throw new NotSupportedException($"an argument of {argument.GetType()}");
        }
    }
}
