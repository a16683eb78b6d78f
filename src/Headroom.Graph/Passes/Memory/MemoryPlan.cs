using System.Collections.Immutable;

namespace Headroom.Graph.Passes;

/// <summary>
/// The order in which a graph runs, and for every value the buffer it lies in, with each buffer's lifetime: the exact memory of a run, known before it.
/// </summary>
public sealed class MemoryPlan
{
    private readonly Dictionary<Value, Placement> _placements;
    private readonly HashSet<int> _views;
    private readonly int[] _workspaces;

    internal MemoryPlan(TypedGraph graph, ImmutableArray<PlannedBuffer> buffers, long arena, Dictionary<Value, Placement> placements, HashSet<int> views, int[] workspaces, ImmutableArray<State> copies)
    {
        Graph = graph;
        Buffers = buffers;
        ArenaBytes = arena;
        Copies = copies;
        _placements = placements;
        _views = views;
        _workspaces = workspaces;
        LivePeak = Peak();
    }

    public TypedGraph Graph { get; }

    public ImmutableArray<PlannedBuffer> Buffers { get; }

    /// <summary>States whose new value is made elsewhere and copied over the old one after the last node.</summary>
    public ImmutableArray<State> Copies { get; }

    /// <summary>Weights, statistics and optimizer moments, in bytes as the session allocates them (each rounded up to <see cref="ArenaLayout.Alignment"/>).</summary>
    public long StateBytes => Buffers.Where(b => b.Kind == BufferKind.State).Sum(b => ArenaLayout.Align(b.Bytes));

    public long ConstantBytes => Buffers.Where(b => b.Kind == BufferKind.Constant).Sum(b => ArenaLayout.Align(b.Bytes));

    /// <summary>The one block that holds everything else the session places.</summary>
    public long ArenaBytes { get; }

    /// <summary>The most bytes alive at any node, state and constants included: the bound that no layout can beat.</summary>
    public long LivePeak { get; }

    /// <summary>What the session allocates for buffers: state, constants and arena.</summary>
    public long GraphBytes => StateBytes + ConstantBytes + ArenaBytes;

    public Placement Of(Value value) => _placements[value];

    /// <summary>Whether a node needs no kernel, all its outputs being windows on its input.</summary>
    public bool IsView(int node) => _views.Contains(node);

    /// <summary>The buffer of a node's working space, -1 for none.</summary>
    public int Workspace(int node) => _workspaces[node];

    /// <summary>Works out the plan.</summary>
    /// <param name="graph">In running order.</param>
    /// <param name="workspace">Bytes of working space a node's kernel asks for.</param>
    public static MemoryPlan Create(TypedGraph graph, Func<Node, long>? workspace = null) => new MemoryPlanner(graph, workspace ?? (_ => 0)).Run();

    private long Peak()
    {
        var live = new long[Graph.Nodes.Length + 3];
        long kept = 0;
        foreach (PlannedBuffer b in Buffers)
        {
            if (b.Kind is BufferKind.State or BufferKind.Constant)
            {
                kept += b.Bytes;
                continue;
            }
            live[b.First + 1] += b.Bytes;
            live[b.Last + 2] -= b.Bytes;
        }
        long peak = 0, sum = 0;
        foreach (long change in live) peak = Math.Max(peak, sum += change);
        return kept + peak;
    }
}
