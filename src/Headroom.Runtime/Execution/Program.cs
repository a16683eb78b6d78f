using System.Diagnostics;
using System.Runtime.InteropServices;
using Headroom.Graph;
using Headroom.Graph.Passes;
using Headroom.Runtime.Kernels;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Execution;

/// <summary>A planned graph bound to a session's state and arena. Fill the inputs, run, read the outputs.</summary>
public sealed unsafe class Program : IDisposable
{
    private readonly Session _session;
    private readonly NativeBlock _constants;
    private readonly Dictionary<int, nint> _constantAt = [];
    private readonly Dictionary<Value, Tensor> _bound = [];
    private readonly Dictionary<int, Tensor> _returned = [];
    private readonly List<Step> _steps = [];
    private readonly List<int>[] _releases;
    private NativeBlock? _arena;
    private long _returnedBytes;

    internal Program(Session session, MemoryPlan plan)
    {
        _session = session;
        Plan = plan;
        _constants = new NativeBlock(plan.ConstantBytes);
        long at = 0;
        foreach ((Value v, TensorData data) in plan.Graph.Constants.OrderBy(c => c.Key.Name, StringComparer.Ordinal))
        {
            int buffer = plan.Buffers.FirstOrDefault(b => b.Kind == BufferKind.Constant && b.Name == v.Name)?.Id ?? -1;
            if (buffer < 0) continue;
            data.Bytes.CopyTo(new Span<byte>(_constants.Address + at, data.Bytes.Length));
            _constantAt[buffer] = (nint)(_constants.Address + at);
            at += ArenaLayout.Align(data.Bytes.Length);
        }
        _releases = new List<int>[plan.Graph.Nodes.Length];
        for (int i = 0; i < _releases.Length; i++) _releases[i] = [];
        foreach (PlannedBuffer b in plan.Buffers)
            if (b.Kind == BufferKind.Returned && b.Last < _releases.Length) _releases[b.Last].Add(b.Id);
    }

    public MemoryPlan Plan { get; }

    public TypedGraph Graph => Plan.Graph;

    /// <summary>Bytes of constants, as allocated.</summary>
    public long ConstantBytes => _constants.Bytes;

    /// <summary>The most bytes that libtorch's own blocks took at once, by their storage's own size.</summary>
    public long ReturnedPeak { get; private set; }

    /// <summary>Where the time goes: seconds by operator name, summed over runs; null unless profiling was asked for.</summary>
    public IReadOnlyDictionary<string, double>? TimeByOperator => _times;

    private Dictionary<string, double>? _times;

    private long _runs;

    /// <summary>Starts to record <see cref="TimeByOperator"/>, from zero.</summary>
    public void Profile(bool on = true) => _times = on ? [] : null;

    /// <summary>The memory of an input, to be filled before each run: buffers are reused, so what was fed last time is gone.</summary>
    /// <exception cref="GraphException">There is no such input, or <typeparamref name="T"/> has another size.</exception>
    public Span<T> Input<T>(Value input) where T : unmanaged
    {
        return Takes(input) ? Span<T>(input) : throw NoInput(input);
    }

    /// <summary>The memory of an input as bytes, whatever its type.</summary>
    public Span<byte> InputBytes(Value input)
    {
        if (!Takes(input)) throw NoInput(input);
        Bind();
        TensorType type = Graph.Type(input);
        return new Span<byte>(Address(Plan.Of(input), type), checked((int)type.Bytes));
    }

    /// <summary>Whether the graph takes this input; one that no node reads is dropped.</summary>
    public bool Takes(Value input) => Graph.Inputs.Any(i => i.Value == input);

    /// <summary>An output's elements, row-major, valid until the next run of any program of the session.</summary>
    public ReadOnlySpan<T> Output<T>(Value output) where T : unmanaged
    {
        return Graph.Outputs.Contains(output) ? Span<T>(output) : throw NoOutput(output);
    }

    /// <summary>An output as bytes, whatever its type; valid until the next run of any program of the session.</summary>
    public ReadOnlySpan<byte> OutputBytes(Value output)
    {
        if (!Graph.Outputs.Contains(output)) throw NoOutput(output);
        Bind();
        TensorType type = Graph.Type(output);
        return new ReadOnlySpan<byte>(IsLate(output) ? TensorOf(output).Data : Address(Plan.Of(output), type), checked((int)type.Bytes));
    }

    /// <summary>Runs the graph once.</summary>
    /// <exception cref="LibTorchException">A kernel refused; the node is named. State may be half updated then.</exception>
    public void Run()
    {
        Bind();
        ReleaseAll();
        try
        {
            foreach (Step step in _steps)
            {
                RunStep(step);
                // Libraries fill their caches at first use, in between passing blocks that then can't grow together again: give those pages back before the next node adds to them.
                if (_runs == 0) Library.Trim();
            }
            // The runtime compiles its hot methods during the first runs, which leaves small blocks too.
            if (++_runs is 1 or 2 or 4) _session.Gaps.Fill();
            foreach (State s in Plan.Copies) _session.State(s.Value.Name).Tensor.CopyFrom(TensorOf(s.Updated));
        }
        catch
        {
            ReleaseAll();
            throw;
        }
    }

    public void Dispose()
    {
        Unbind();
        _constants.Dispose();
    }

    private GraphException NoInput(Value input) => new($"graph '{Graph.Name}' has no input '{input}'; it has {string.Join(", ", Graph.Inputs.Select(i => i.Value))}");

    private GraphException NoOutput(Value output) => new($"graph '{Graph.Name}' has no output '{output}'; it has {string.Join(", ", Graph.Outputs)}");

    private void RunStep(Step step)
    {
        long start = _times is null ? 0 : Stopwatch.GetTimestamp();
        foreach ((int input, Value v) in step.Late) step.Context.Bind(input, TensorOf(v));
        foreach ((int output, Value v) in step.LateOutputs) step.Context.BindOutput(output, TensorOf(v));
        step.Kernel.Run(step.Context);
        if (step.Context.Returned is Tensor?[] returned)
        {
            for (int o = 0; o < returned.Length; o++)
            {
                if (returned[o] is not Tensor t) continue;
                Adopt(step, o, t);
                returned[o] = null;
            }
        }
        foreach (int buffer in _releases[step.Index]) Release(buffer);
        if (_times is null) return;
        string name = step.Context.Node.Operator.Name;
        CollectionsMarshal.GetValueRefOrAddDefault(_times, name, out _) += Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private void Adopt(Step step, int output, Tensor tensor)
    {
        Value v = step.Context.Node.Outputs[output];
        int buffer = Plan.Of(v).Buffer;
        if (Plan.Buffers[buffer].Kind != BufferKind.Returned) throw new InvalidOperationException($"{step.Context.Node.Operator.Name} returned output {output}, which it said it would write");
        _returned[buffer] = tensor;
        _returnedBytes += tensor.StorageBytes;
        ReturnedPeak = Math.Max(ReturnedPeak, _returnedBytes);
    }

    private void Release(int buffer)
    {
        if (!_returned.Remove(buffer, out Tensor? t)) return;
        _returnedBytes -= t.StorageBytes;
        t.Dispose();
        foreach (Value v in _lateViews.GetValueOrDefault(buffer, [])) if (_bound.Remove(v, out Tensor? view)) view.Dispose();
    }

    private readonly Dictionary<int, List<Value>> _lateViews = [];

    private void ReleaseAll()
    {
        foreach (int buffer in _returned.Keys.ToList()) Release(buffer);
    }

    /// <summary>Makes the tensors of everything whose place is fixed; windows on libtorch's own blocks are made as the step goes.</summary>
    private void Bind()
    {
        NativeBlock arena = _session.Arena();
        if (ReferenceEquals(arena, _arena)) return;
        Unbind();
        _arena = arena;
        for (int i = 0; i < Graph.Nodes.Length; i++)
        {
            if (Plan.IsView(i)) continue;
            Node node = Graph.Nodes[i];
            var context = new KernelContext(node, Graph.Signature(node), _session.Device);
            var step = new Step(i, KernelRegistry.For(node), context);
            for (int k = 0; k < node.Inputs.Length; k++)
            {
                if (!node.Inputs[k].Exists) continue;
                if (IsLate(node.Inputs[k])) step.Late.Add((k, node.Inputs[k]));
                else context.Bind(k, TensorOf(node.Inputs[k]));
            }
            for (int o = 0; o < node.Outputs.Length; o++)
            {
                if (!node.Outputs[o].Exists) continue;
                bool returned = IsLate(node.Outputs[o]) && step.Kernel.Returns(node.Operator, context.Signature, o);
                if (returned) context.Returned ??= new Tensor?[node.Outputs.Length];
                else if (IsLate(node.Outputs[o])) step.LateOutputs.Add((o, node.Outputs[o]));
                else context.BindOutput(o, TensorOf(node.Outputs[o]));
            }
            if (Plan.Workspace(i) >= 0) context.Workspace = arena.Address + Plan.Buffers[Plan.Workspace(i)].Offset;
            _steps.Add(step);
        }
    }

    private void Unbind()
    {
        ReleaseAll();
        foreach (Tensor t in _bound.Values) t.Dispose();
        _bound.Clear();
        _lateViews.Clear();
        _steps.Clear();
        _arena = null;
    }

    private bool IsLate(Value v) => Plan.Buffers[Plan.Of(v).Buffer].Kind == BufferKind.Returned;

    private Tensor TensorOf(Value v)
    {
        if (_bound.TryGetValue(v, out Tensor? known)) return known;
        Placement at = Plan.Of(v);
        TensorType type = Graph.Type(v);
        Tensor t;
        if (IsLate(v))
        {
            // The block's own strides may be channels-last; a window is row-major, so it is taken only of blocks that are.
            Tensor block = _returned[at.Buffer];
            if (Plan.Buffers[at.Buffer].Name == v.Name) return block;
            t = block.View(type.Shape.Dims, at.Strides, block.StorageOffset + at.Offset);
            if (!_lateViews.TryGetValue(at.Buffer, out List<Value>? views)) _lateViews[at.Buffer] = views = [];
            views.Add(v);
        }
        else
        {
            t = Tensor.Wrap(Address(at, type), type.Shape.Dims, at.Strides, type.Element.ToScalarType(), _session.Device);
        }
        _bound[v] = t;
        return t;
    }

    private byte* Address(Placement at, TensorType type)
    {
        PlannedBuffer b = Plan.Buffers[at.Buffer];
        byte* start = b.Kind switch
        {
            BufferKind.State => _session.State(b.Name).Address,
            BufferKind.Constant => (byte*)_constantAt[b.Id],
            _ => _arena!.Address + b.Offset,
        };
        return start + at.Offset * type.Element.Size();
    }

    private Span<T> Span<T>(Value v) where T : unmanaged
    {
        Bind();
        TensorType type = Graph.Type(v);
        if (type.Element.Size() != sizeof(T)) throw new GraphException($"'{v}' is {type}; {typeof(T).Name} has another size");
        void* address = IsLate(v) ? TensorOf(v).Data : Address(Plan.Of(v), type);
        return new Span<T>(address, checked((int)type.Elements));
    }

    private sealed record Step(int Index, Kernel Kernel, KernelContext Context)
    {
        /// <summary>Inputs, and outputs over inputs, on libtorch's own blocks: bound anew in each run.</summary>
        public List<(int Input, Value Value)> Late { get; } = [];

        public List<(int Output, Value Value)> LateOutputs { get; } = [];
    }
}
