using System.Diagnostics;
using Headroom.Graph;

namespace Headroom.Runtime.Execution;

/// <summary>A part of a run around its graphs.</summary>
public enum Lane
{
    /// <summary>The training thread waits for a batch.</summary>
    InputWait,

    /// <summary>A batch is copied into the step's inputs.</summary>
    CopyIn,

    /// <summary>An update, from the moment its batch is there: copies, graphs and what lies between.</summary>
    Step,

    Validation,

    Checkpoint,
}

/// <summary>A part of a run; start and end as <see cref="Stopwatch.GetTimestamp"/> gives them.</summary>
public readonly record struct TimedPart(Lane Lane, string Name, long Start, long End)
{
    public double Seconds => Stopwatch.GetElapsedTime(Start, End).TotalSeconds;
}

/// <summary>One run of a node; start and end as <see cref="Stopwatch.GetTimestamp"/> gives them.</summary>
public readonly record struct TimedNode(TypedGraph Graph, Node Node, long Start, long End)
{
    public double Seconds => Stopwatch.GetElapsedTime(Start, End).TotalSeconds;
}

/// <summary>What happened when, over a few steps. Kept by the thread that runs; not thread-safe.</summary>
public sealed class Timeline
{
    private readonly List<TimedPart> _parts = [];
    private readonly List<TimedNode> _nodes = [];

    /// <summary>In the order in which they ended.</summary>
    public IReadOnlyList<TimedPart> Parts => _parts;

    /// <summary>In the order in which they ran.</summary>
    public IReadOnlyList<TimedNode> Nodes => _nodes;

    /// <summary>How many updates were watched.</summary>
    public int Steps => _parts.Count(p => p.Lane == Lane.Step);

    /// <summary>Adds a part that ends now.</summary>
    public void Add(Lane lane, string name, long start) => _parts.Add(new TimedPart(lane, name, start, Stopwatch.GetTimestamp()));

    /// <summary>Adds a node that ends now.</summary>
    internal void Add(TypedGraph graph, Node node, long start) => _nodes.Add(new TimedNode(graph, node, start, Stopwatch.GetTimestamp()));
}
