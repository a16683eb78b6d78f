using System.Diagnostics;
using Headroom.Graph;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Probes;

/// <summary>What a run takes beside its buffers, measured on this machine.</summary>
/// <param name="Fixed">Code, caches and heaps that stay once every operator has run: bytes above the baseline.</param>
/// <param name="ScratchByOperator">The most that one node of an operator takes while it runs, by the operator's name, in bytes.</param>
public sealed record Overhead(long Fixed, IReadOnlyDictionary<string, long> ScratchByOperator)
{
    /// <summary>Scratch is given back node by node, so the largest counts.</summary>
    public long Scratch => ScratchByOperator.Values.DefaultIfEmpty(0).Max();

    public long Total => Fixed + Scratch;

    /// <summary>Seconds of the nodes that were run; null where they come from a file that has none.</summary>
    public NodeTimes? Times { get; init; }
}

/// <summary>
/// Runs every distinct node of a graph once, alone, and watches the process's resident memory: what is there beside the buffers is the overhead.
/// For a process of its own, in which nothing has run yet: a process that has trained already shows less.
/// </summary>
public static class OverheadProbe
{
    /// <param name="graphs">The graphs of the run.</param>
    /// <param name="baseline">Bytes resident when libtorch was loaded and nothing else.</param>
    public static Overhead Measure(IEnumerable<TypedGraph> graphs, long baseline)
    {
        var seen = new HashSet<string>();
        List<(Node Node, TypedGraph Graph)> nodes = [.. graphs.SelectMany(g => g.Nodes.Select(n => (n, g))).Where(x => seen.Add(NodeKey.Of(x.n, x.g)))];
        List<(Node Node, TypedGraph Graph, MemoryPlan Plan)> singles = [.. nodes.Select(x => (x.Node, x.Graph, Session.Plan(Single(x.Node, x.Graph))))];
        var scratch = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach ((Node node, _, MemoryPlan plan) in singles)
        {
            using var session = new Session();
            Program program = session.Compile(plan.Graph);
            Feed(program);
            // The first run pays for code and caches, which stay; what the second takes is scratch.
            program.Run();
            Library.Trim();
            ProcessMemory.ResetPeak();
            long before = ProcessMemory.Resident;
            Feed(program);
            program.Run();
            long taken = Math.Max(0, ProcessMemory.Peak - before);
            scratch[node.Operator.Name] = Math.Max(scratch.GetValueOrDefault(node.Operator.Name), taken);
        }
        Library.Trim();
        var overhead = new Overhead(Math.Max(0, ProcessMemory.Resident - baseline), scratch);
        return overhead with { Times = NodeTimes.From(Time(singles)) };
    }

    /// <summary>A step number starts at 1; everything else may be whatever lies there, which is zeros.</summary>
    private static void Feed(Program program)
    {
        foreach (TypedInput input in program.Graph.Inputs)
            if (input.Type is { Rank: 0, Element: ElementType.Int64 }) program.Input<long>(input.Value)[0] = 1;
    }

    /// <summary>
    /// Times every node in two rounds, some while apart, and takes the lower quartile of all its runs: what disturbs a run only ever adds to it, and mostly to several in a row.
    /// In a step a node finds most of its operands in memory, not in a cache, so the caches are emptied before.
    /// </summary>
    private static List<(Node Node, TypedGraph Graph, double Seconds)> Time(List<(Node Node, TypedGraph Graph, MemoryPlan Plan)> singles)
    {
        var runs = singles.ConvertAll(_ => new List<double>());
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < singles.Count; i++)
            {
                using var session = new Session { KeepsHeap = true };
                Program program = session.Compile(singles[i].Plan.Graph);
                Feed(program);
                program.Run();
                double sum = 0;
                for (int k = 0; k < Fewest || (sum < Enough && k < Most); k++)
                {
                    Feed(program);
                    Caches.Evict();
                    long start = Stopwatch.GetTimestamp();
                    program.Run();
                    runs[i].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                    sum += runs[i][^1];
                }
            }
        }
        foreach (List<double> r in runs) r.Sort();
        return [.. singles.Select((x, i) => (x.Node, x.Graph, runs[i][runs[i].Count / 4]))];
    }

    private const int Rounds = 2, Fewest = 3, Most = 5;

    private const double Enough = 0.02;

    /// <summary>A graph of one node: its inputs are fed, its constants stay, what it updates is state.</summary>
    private static TypedGraph Single(Node node, TypedGraph graph)
    {
        var b = new TypedBuilder(node.Name);
        HashSet<int> states = [.. Enumerable.Range(0, node.Outputs.Length).Select(node.Operator.Updates).Where(i => i >= 0)];
        var defined = new HashSet<Value>();
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            Value v = node.Inputs[i];
            if (!v.Exists || !defined.Add(v)) continue;
            if (graph.Constants.TryGetValue(v, out TensorData? data)) b.Constant(v, data);
            else if (states.Contains(i)) b.State(new State(v, graph.Type(v), StateKind.Weight, Initializer.Zeros));
            else b.Input(v, graph.Type(v));
        }
        b.Add(node);
        for (int o = 0; o < node.Outputs.Length; o++)
        {
            int input = node.Operator.Updates(o);
            if (input >= 0 && node.Outputs[o].Exists && states.Contains(input) && !graph.Constants.ContainsKey(node.Inputs[input])) b.Update(node.Inputs[input], node.Outputs[o]);
        }
        return b.Build([.. node.Outputs.Where(o => o.Exists)]).InLayout(graph.ChannelsLast);
    }
}
