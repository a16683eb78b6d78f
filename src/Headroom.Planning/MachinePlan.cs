using System.Globalization;
using System.Runtime.InteropServices;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Quantities;
using Headroom.Graph;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;
using Headroom.Runtime.Probes;

namespace Headroom.Planning;

/// <summary>The plan that this machine's schedule implies: graph bytes by arithmetic, working memory with what the probe measured, work and traffic by operator.</summary>
public static class MachinePlan
{
    /// <param name="step">The graph of a step (or of a micro-batch).</param>
    /// <param name="others">Other graphs of the run that share its state and arena: validation, the update from summed gradients.</param>
    /// <param name="overhead">What the probe measured; null where none could be made, and then no working memory is stated.</param>
    /// <param name="inputs">Hashes of what the plan rests on.</param>
    /// <param name="settings">The settings that led to it.</param>
    /// <param name="created">UTC.</param>
    /// <param name="rates">What the machine does at most (see <see cref="MachineProfile"/>); null leaves the bounds out.</param>
    public static PlanDocument Create(
        TypedGraph step,
        IReadOnlyList<TypedGraph> others,
        Overhead? overhead,
        IReadOnlyDictionary<string, string> inputs,
        IReadOnlyDictionary<string, System.Text.Json.JsonElement> settings,
        DateTimeOffset created,
        MachineRates? rates = null)
    {
        MemoryPlan plan = Session.Plan(step);
        List<MemoryPlan> all = [plan, .. others.Select(Session.Plan)];
        long state = RunMemory.StateBytes(all), arena = all.Max(p => p.ArenaBytes), graph = RunMemory.GraphBytes(all);
        Cost cost = step.Cost();
        List<Measurement> m =
        [
            new("graph_bytes", graph, "bytes", Method: "state + constants + arena, as laid out before the run"),
            new("state_bytes", state, "bytes", Method: "weights, statistics and optimizer states, each rounded up to 64 bytes"),
            new("arena_bytes", arena, "bytes", Method: "one block; offsets by greedy best fit over lifetimes"),
            new("live_peak_bytes", plan.LivePeak, "bytes", Method: "the most bytes alive at one node: the bound that no layout beats"),
            new("step_flops", cost.Flops, "flop", Method: "by operator and shape; a multiply-add is two"),
            new("step_traffic_bytes", cost.Read + cost.Written, "bytes", Method: "each node's inputs read and outputs written once"),
        ];
        if (rates is not null)
        {
            StepBound bound = StepBound.Of(step, rates);
            m.Add(new("flops_bound_seconds", bound.Compute.Value, "seconds", Method: "each node's FLOPs at the best product of its type in this machine's profile"));
            m.Add(new("bytes_bound_seconds", bound.Memory.Value, "seconds", Method: "each node's traffic at the bandwidth in this machine's profile"));
        }
        IReadOnlyList<double>? seconds = overhead?.Times?.Of(plan);
        if (overhead is not null)
        {
            m.Add(new("fixed_bytes", overhead.Fixed, "bytes", Method: "resident above the baseline after every distinct node has run once in a process of its own"));
            m.Add(new("scratch_bytes", overhead.Scratch, "bytes", Method: "the most that one node takes beside its buffers, measured node by node"));
            m.Add(new("working_bytes", graph + overhead.Total, "bytes", Method: "graph bytes + scratch + fixed part"));
            if (seconds is not null) m.Add(new("step_seconds", seconds.Sum(), "seconds", Method: "each node's time alone on this machine, summed, in the proportion that a rehearsed update took to that sum; of a micro-batch where a batch is run in several"));
        }
        return new PlanDocument
        {
            Created = created,
            Inputs = inputs,
            Settings = settings,
            Measurements = m,
            Machine = Machine(),
            Buffers = Items(plan, graph),
            Operators = Operators(step, overhead, seconds),
        };
    }

    /// <summary>What this machine is, in words.</summary>
    public static IReadOnlyDictionary<string, string> Machine() => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["cores"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
        ["threads"] = Library.Threads.ToString(CultureInfo.InvariantCulture),
        ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
        ["libtorch"] = Library.Version.ToString(),
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["system"] = RuntimeInformation.OSDescription,
    };

    private static List<PlanItem> Items(MemoryPlan plan, long total)
    {
        var sums = new Dictionary<string, long>();
        void Count(string name, long bytes) => sums[name] = sums.GetValueOrDefault(name) + bytes;
        foreach (State s in plan.Graph.States)
        {
            string name = s.Kind switch
            {
                StateKind.Weight => "weights",
                StateKind.Statistic => "statistics",
                StateKind.OptimizerState => "optimizer states",
                StateKind.Cache => "keys and values",
                _ => "gradient sums",
            };
            Count(name, ArenaLayout.Align(s.Type.Bytes));
        }
        Count("constants", plan.ConstantBytes);
        Count("activations and gradients (arena)", plan.ArenaBytes);
        return [.. sums.Where(s => s.Value > 0).OrderByDescending(s => s.Value).Select(s => new PlanItem(s.Key, new Bytes(s.Value), total == 0 ? 0 : (double)s.Value / total))];
    }

    private static List<OperatorCost> Operators(TypedGraph graph, Overhead? overhead, IReadOnlyList<double>? seconds) =>
    [
        .. graph.Nodes.Index().GroupBy(n => n.Item.Operator.Name).Select(g =>
        {
            Cost c = g.Aggregate(default(Cost), (sum, n) => sum + n.Item.Operator.Cost(graph.Signature(n.Item)));
            return new OperatorCost(g.Key, g.Count(), new Flops(c.Flops), new Bytes(c.Read), new Bytes(c.Written), new Bytes(overhead?.ScratchByOperator.GetValueOrDefault(g.Key) ?? 0))
            {
                Seconds = seconds is null ? null : new Seconds(g.Sum(n => seconds[n.Index])),
            };
        }).OrderByDescending(o => o.Flops.Value).ThenBy(o => o.Operator, StringComparer.Ordinal),
    ];
}
