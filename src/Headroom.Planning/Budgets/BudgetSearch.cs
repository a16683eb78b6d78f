using Headroom.Evidence.Quantities;
using Headroom.Graph;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Probes;

namespace Headroom.Planning.Budgets;

/// <summary>
/// Finds every way to train that could be best: for each precision and each number of micro-batches, the plans between no recomputation and the least memory.
/// Graph bytes are arithmetic; seconds and overhead come from what a probe measured.
/// </summary>
/// <param name="graphs">All graphs of a run with these levers, the step first (see <see cref="Levers.Recompute"/>: it is left to the search).</param>
/// <param name="measure">Probes the graphs of a precision and layout, the batch in one part, on this machine.</param>
public sealed class BudgetSearch(Func<Levers, IReadOnlyList<TypedGraph>> graphs, Func<Levers, Overhead> measure)
{
    /// <param name="bases">Precisions and layouts that may be chosen, the batch in one part.</param>
    /// <param name="microBatches">Numbers of parts that may be chosen, ascending.</param>
    /// <returns>All candidates, the fastest first.</returns>
    public IReadOnlyList<Candidate> Candidates(IReadOnlyList<Levers> bases, IReadOnlyList<int> microBatches)
    {
        var all = new List<Candidate>();
        foreach (Levers one in bases)
        {
            Overhead parts = measure(one);
            foreach (int m in microBatches) all.AddRange(Of(one with { MicroBatches = m }, parts));
        }
        return [.. all.OrderBy(c => c.Step.Value).ThenBy(c => c.Working.Value)];
    }

    /// <summary>Those of which no other is both faster and smaller, from the fastest to the smallest.</summary>
    public static IReadOnlyList<Candidate> Frontier(IReadOnlyList<Candidate> candidates)
    {
        var best = new List<Candidate>();
        foreach (Candidate c in candidates.OrderBy(c => c.Step.Value).ThenBy(c => c.Working.Value))
            if (best.Count == 0 || c.Working < best[^1].Working) best.Add(c);
        return best;
    }

    private IEnumerable<Candidate> Of(Levers levers, Overhead parts)
    {
        IReadOnlyList<TypedGraph> run = graphs(levers);
        TypedGraph step = run[0];
        List<MemoryPlan> others = [.. run.Skip(1).Select(Session.Plan)];
        // What updates from summed gradients runs once a step; validation doesn't belong to it.
        NodeTimes times = parts.Times!;
        double everything = UpdateTime.Of(times, levers.MicroBatches, step, levers.MicroBatches > 1 ? run[1] : null);
        foreach (RecomputeChoice choice in Recompute.Frontier(step, n => times.Of(n, step), Session.Plan))
        {
            long bytes = RunMemory.GraphBytes([choice.Plan, .. others]);
            yield return new Candidate(
                levers with { Recompute = [.. choice.Dropped] },
                new Bytes(bytes),
                new Bytes(bytes + parts.Total),
                new Seconds(everything + (levers.MicroBatches * choice.ExtraSeconds)));
        }
    }
}
