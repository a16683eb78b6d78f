using System.Globalization;
using Headroom.Evidence.Quantities;
using Headroom.Graph;

namespace Headroom.Cli.Profiling;

/// <summary>What is worth doing next, by what the step's nodes were measured to take. Each gain is a prediction from those times and the machine's rates.</summary>
internal static class Advice
{
    /// <summary>Below this part of the step nothing is worth a change.</summary>
    private const double Least = 0.01;

    /// <summary>A wait above this part of the step is the data's fault; below, it is chance.</summary>
    private const double LeastWait = 0.05;

    /// <summary>Greatest gain first.</summary>
    public static IReadOnlyList<Lever> Of(IReadOnlyList<NodeLoad> nodes, double wait, double step) =>
    [
        .. new[] { Mixed(nodes), Input(wait, step), Batch(nodes), Fusion(nodes), Kernel(nodes) }
            .OfType<Lever>().Where(l => l.Saved >= Least * step).OrderByDescending(l => l.Saved),
    ];

    /// <summary>Products that run in fp32 and could run in bf16: their time shrinks by the ratio of the rates, but not below that of half their traffic.</summary>
    private static Lever? Mixed(IReadOnlyList<NodeLoad> nodes)
    {
        if (nodes.Count == 0 || nodes.Any(n => n.Type == ElementType.BFloat16)) return null;
        NodeLoad[] products = [.. nodes.Where(n => n.Binding == Binding.Compute)];
        double ratio = nodes[0].Rates.Float32 / nodes[0].Rates.BFloat16;
        if (ratio >= 1 || products.Length == 0) return null;
        double now = products.Sum(n => n.Seconds), then = products.Sum(n => Math.Min(n.Seconds, Math.Max(n.Seconds * ratio, n.Memory / 2)));
        return new Lever("mixed precision (train.compute: bf16)", Text($"products in fp32 take {new Seconds(now)}, and bf16 ones run {1 / ratio:F1} times as fast here"), now - then);
    }

    private static Lever? Input(double wait, double step) => wait < LeastWait * step
        ? null
        : new Lever("batches made sooner: simpler features, a faster disk, or a larger step", Text($"the step waits {new Seconds(wait)} for its batch, {wait / step:P0} of its time"), wait);

    /// <summary>Twice the rows at the same number of calls: half the overhead a row.</summary>
    private static Lever? Batch(IReadOnlyList<NodeLoad> nodes)
    {
        NodeLoad[] small = [.. nodes.Where(n => n.Binding == Binding.CallOverhead)];
        double overhead = small.Sum(n => Math.Min(n.Seconds, n.Call));
        return small.Length == 0 ? null : new Lever("a micro-batch of twice the rows", Text($"{small.Sum(n => n.Calls):F0} calls have so little to do that calling takes {new Seconds(overhead)}"), overhead / 2);
    }

    /// <summary>A value that one elementwise node writes and only one other reads need not go through memory: saved is its way there and back.</summary>
    private static Lever? Fusion(IReadOnlyList<NodeLoad> nodes)
    {
        double saved = 0;
        int pairs = 0;
        foreach (IGrouping<TypedGraph, NodeLoad> graph in nodes.Where(n => n.Node.Operator.IsElementwise && n.Binding == Binding.MemoryTraffic).GroupBy(n => n.Graph))
        {
            Dictionary<Value, int> readers = graph.Key.Nodes.SelectMany(n => n.Inputs.Distinct()).Where(v => v.Exists).CountBy(v => v).ToDictionary();
            Dictionary<Value, NodeLoad> makers = graph.SelectMany(n => n.Node.Outputs.Where(o => o.Exists), (n, o) => (n, o)).ToDictionary(x => x.o, x => x.n);
            foreach (NodeLoad reader in graph)
            {
                foreach (Value between in reader.Node.Inputs.Where(v => v.Exists && readers[v] == 1 && makers.ContainsKey(v) && !graph.Key.Outputs.Contains(v)))
                {
                    double way = reader.Calls * graph.Key.Type(between).Bytes;
                    saved += Part(reader, way) + Part(makers[between], way);
                    pairs++;
                }
            }
        }
        return pairs == 0 ? null : new Lever("fusion of elementwise neighbours", Text($"{pairs} values are written by one elementwise node for the next alone"), saved);

        static double Part(NodeLoad node, double bytes) => node.Bytes > 0 ? node.Seconds * Math.Min(1, bytes / node.Bytes) : 0;
    }

    /// <summary>The operator that stays furthest above its roofline.</summary>
    private static Lever? Kernel(IReadOnlyList<NodeLoad> nodes)
    {
        var furthest = nodes.GroupBy(n => n.Node.Operator.Name).Select(g => (Name: g.Key, Seconds: g.Sum(n => n.Seconds), Gap: g.Sum(n => Math.Max(0, n.Seconds - Math.Max(n.Roofline, n.Call))))).OrderByDescending(g => g.Gap).FirstOrDefault();
        return furthest.Name is null ? null : new Lever($"a closer kernel or layout for {furthest.Name}, at the most", Text($"it takes {new Seconds(furthest.Seconds)}, of which {new Seconds(furthest.Gap)} lie above its roofline"), furthest.Gap);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
