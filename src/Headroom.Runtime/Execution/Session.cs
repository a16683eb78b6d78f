using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Passes;
using Headroom.Runtime.Kernels;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Execution;

/// <summary>
/// Holds state and one arena, and runs compiled graphs on them: the training step, the step that only sums gradients, the forward pass for validation all share both.
/// Not thread-safe; one session, one thread.
/// </summary>
public sealed class Session : IDisposable
{
    private readonly Dictionary<Value, StateTensor> _states = [];
    private readonly List<Program> _programs = [];
    private NativeBlock? _arena;

    /// <param name="device">Where to run.</param>
    public Session(Device? device = null)
    {
        Library.Load();
        Device = device ?? Device.Cpu;
    }

    public Device Device { get; }

    /// <summary>State by name, in the order in which it was declared.</summary>
    public IReadOnlyCollection<StateTensor> States => _states.Values;

    /// <summary>Bytes of state that the session has allocated.</summary>
    public long StateBytes => _states.Values.Sum(s => s.Allocated);

    /// <summary>Bytes of the arena, 0 before the first run.</summary>
    public long ArenaBytes => _arena?.Bytes ?? 0;

    /// <summary>What the session allocates for buffers at the peak: state, constants and arena, counted as they were allocated.</summary>
    public long AllocatedPeak => StateBytes + ArenaBytes + _programs.Sum(p => p.ConstantBytes);

    internal HeapGaps Gaps { get; } = new();

    /// <summary>Whether the heap is left as it is: for runs whose time counts and whose memory doesn't.</summary>
    internal bool KeepsHeap { get; init; }

    public StateTensor State(string name) => _states.TryGetValue(new Value(name), out StateTensor? s) ? s : throw new GraphException($"there is no state called '{name}'");

    /// <summary>The plan that <see cref="Compile"/> would make: what a graph takes on this runtime, without allocating it.</summary>
    public static MemoryPlan Plan(TypedGraph graph) => MemoryPlan.Create(graph, node =>
    {
        try
        {
            return KernelRegistry.For(node).Workspace(node.Operator, graph.Signature(node));
        }
        catch (OverflowException e)
        {
            throw GraphException.At(node, $"its working space has no size: {e.Message}");
        }
    });

    /// <summary>Plans a graph and makes room for its state. State that another graph of this session has declared under the same name is shared.</summary>
    /// <exception cref="GraphException">An operator has no kernel, or two graphs declare one state with two types.</exception>
    public Program Compile(TypedGraph graph)
    {
        MemoryPlan plan = Plan(graph);
        foreach (State s in graph.States)
        {
            if (_states.TryGetValue(s.Value, out StateTensor? known))
            {
                if (known.Type != s.Type) throw new GraphException($"state '{s.Value}' is {known.Type} in one graph and {s.Type} in '{graph.Name}'");
                continue;
            }
            _states.Add(s.Value, new StateTensor(s, Device));
        }
        var program = new Program(this, plan);
        _programs.Add(program);
        return program;
    }

    /// <summary>Gives every state its first value; each draws from a stream of its own, so adding one changes no other.</summary>
    public void Initialize(ulong seed)
    {
        foreach (StateTensor s in _states.Values) StateInitialization.Fill(s, seed, State);
    }

    public void Dispose()
    {
        foreach (Program p in _programs) p.Dispose();
        foreach (StateTensor s in _states.Values) s.Dispose();
        _arena?.Dispose();
        Gaps.Dispose();
        _arena = null;
        _states.Clear();
        _programs.Clear();
    }

    /// <summary>The arena, large enough for every program compiled so far; programs bind to it before they run.</summary>
    internal NativeBlock Arena()
    {
        long needed = _programs.Max(p => p.Plan.ArenaBytes);
        if (_arena is not null && _arena.Bytes >= needed) return _arena;
        _arena?.Dispose();
        try
        {
            return _arena = new NativeBlock(needed);
        }
        catch (OutOfMemoryException)
        {
            throw new InputException("memory", $"the plan's arena of {new Evidence.Quantities.Bytes(needed)} can't be had", "Take a smaller batch or a smaller model, or free memory on this machine.");
        }
    }
}
