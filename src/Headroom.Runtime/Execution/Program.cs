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
    private readonly Dictionary<(Value, bool Turned), Tensor> _bound = [];
    private readonly List<Step> _steps = [];
    private NativeBlock? _arena;

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
    }

    public MemoryPlan Plan { get; }

    public TypedGraph Graph => Plan.Graph;

    /// <summary>Bytes of constants, as allocated.</summary>
    public long ConstantBytes => _constants.Bytes;

    /// <summary>Where the time goes: seconds by operator name, summed over runs; null unless profiling was asked for.</summary>
    public IReadOnlyDictionary<string, double>? TimeByOperator => _times;

    private Dictionary<string, double>? _times;

    /// <summary>Told of every node that runs; null for nobody.</summary>
    public Timeline? Watch { get; set; }

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
        return new ReadOnlySpan<byte>(Address(Plan.Of(output), type), checked((int)type.Bytes));
    }

    /// <summary>Runs the graph once.</summary>
    /// <exception cref="LibTorchException">A kernel refused; the node is named. State may be half updated then.</exception>
    public void Run()
    {
        Bind();
        foreach (Step step in _steps)
        {
            RunStep(step);
            // Libraries fill their caches at first use, in between passing blocks that then can't grow together again: give those pages back before the next node adds to them.
            if (_runs == 0 && !_session.KeepsHeap) Library.Trim();
        }
        // The runtime compiles its hot methods during the first runs, which leaves small blocks too.
        if (++_runs is 1 or 2 or 4 && !_session.KeepsHeap) _session.Gaps.Fill();
        foreach (State s in Plan.Copies) _session.State(s.Value.Name).Tensor.CopyFrom(TensorOf(s.Updated));
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
        long start = _times is null && Watch is null ? 0 : Stopwatch.GetTimestamp();
        try
        {
            using OneDnn.Turn turn = OneDnn.TakeTurn();
            step.Kernel.Run(step.Context);
        }
        catch (OverflowException e)
        {
            // Extents that fit a tensor and not a table of its indices: empty tensors may have such.
            throw GraphException.At(step.Context.Node, e.Message);
        }
        Watch?.Add(Graph, step.Context.Node, start);
        if (_times is null) return;
        string name = step.Context.Node.Operator.Name;
        CollectionsMarshal.GetValueRefOrAddDefault(_times, name, out _) += Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Makes the tensors of everything: each has its place.</summary>
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
            // To an elementwise kernel a channels-last picture is a row-major tensor with its axes in another order.
            bool turned = node.Operator.IsElementwise && node.Outputs.Any(Graph.ChannelsLast.Contains);
            Signature signature = Graph.Signature(node);
            var context = new KernelContext(node, turned ? signature.Turned() : signature, _session.Device);
            for (int k = 0; k < node.Inputs.Length; k++) if (node.Inputs[k].Exists) context.Bind(k, TensorOf(node.Inputs[k], turned));
            for (int o = 0; o < node.Outputs.Length; o++) if (node.Outputs[o].Exists) context.BindOutput(o, TensorOf(node.Outputs[o], turned));
            if (Plan.Workspace(i) >= 0) context.Workspace = arena.Address + Plan.Buffers[Plan.Workspace(i)].Offset;
            _steps.Add(new Step(KernelRegistry.For(node), context));
        }
    }

    private void Unbind()
    {
        foreach (Tensor t in _bound.Values) t.Dispose();
        _bound.Clear();
        _steps.Clear();
        _arena = null;
    }

    private Tensor TensorOf(Value v, bool turned = false)
    {
        TensorType type = Graph.Type(v);
        turned &= type.Rank == 4;
        if (_bound.TryGetValue((v, turned), out Tensor? known)) return known;
        Placement at = Plan.Of(v);
        ReadOnlySpan<long> n = type.Shape.Dims, s = at.Strides;
        return _bound[(v, turned)] = turned
            ? Tensor.Wrap(Address(at, type), [n[0], n[2], n[3], n[1]], [s[0], s[2], s[3], s[1]], type.Element.ToScalarType(), _session.Device)
            : Tensor.Wrap(Address(at, type), n, s, type.Element.ToScalarType(), _session.Device);
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
        return new Span<T>(Address(Plan.Of(v), type), checked((int)type.Elements));
    }

    private sealed record Step(Kernel Kernel, KernelContext Context);
}
