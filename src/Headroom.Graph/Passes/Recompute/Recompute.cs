using System.Collections.Immutable;

namespace Headroom.Graph.Passes;

/// <summary>
/// Drops activations after the forward pass and makes them again in the backward pass, so that a step fits into less memory for a little more time. The numbers stay the same, bit for bit.
/// For every price of a byte the cheapest choice is found exactly (<see cref="KeepOrRepeat"/>); between two such choices, those that free the longest-lived activations first.
/// Each is then weighed by the exact memory plan.
/// </summary>
public static class Recompute
{
    // Plans between two neighbouring exact choices: layers that are alike flip together, and half of them may be enough.
    private const int Between = 6;

    /// <summary>All plans of which none is both slower and larger than another: from everything kept, which is the step itself, to the smallest.</summary>
    /// <param name="step">A training step whose first output is the loss.</param>
    /// <param name="seconds">What running a node takes.</param>
    /// <param name="plan">The memory plan of a graph.</param>
    public static IReadOnlyList<RecomputeChoice> Frontier(TypedGraph step, Func<Node, double> seconds, Func<TypedGraph, MemoryPlan> plan)
    {
        var part = new ForwardPart(NodesApart.Of(step));
        var all = new List<RecomputeChoice> { new(step, plan(step), 0, []) };
        if (part.Count == 0 || part.ReadBehind.Count == 0) return all;
        var solver = new KeepOrRepeat(part, seconds);
        foreach (HashSet<int> never in Fixed(part)) all.AddRange(Along(part, solver, Hull(solver, never), plan));
        var best = new List<RecomputeChoice>();
        foreach (RecomputeChoice c in all.OrderBy(c => c.ExtraSeconds).ThenBy(c => c.PeakBytes))
            if (best.Count == 0 || c.PeakBytes < best[^1].PeakBytes) best.Add(c);
        return best;
    }

    /// <summary>The fastest plan that takes at most so many graph bytes; where none does, the smallest.</summary>
    public static RecomputeChoice Run(TypedGraph step, long graphBytes, Func<Node, double> seconds, Func<TypedGraph, MemoryPlan> plan)
    {
        IReadOnlyList<RecomputeChoice> frontier = Frontier(step, seconds, plan);
        return frontier.FirstOrDefault(c => c.PeakBytes <= graphBytes) ?? frontier[^1];
    }

    /// <summary>Repeats the makers of these values: what a plan chose before, by <see cref="RecomputeChoice.Dropped"/>.</summary>
    /// <exception cref="GraphException">The step has no such activation, or one that can't be made again.</exception>
    public static TypedGraph Apply(TypedGraph step, IReadOnlyCollection<string> dropped)
    {
        if (dropped.Count == 0) return step;
        var part = new ForwardPart(NodesApart.Of(step));
        var again = new HashSet<int>();
        foreach (string name in dropped)
            again.Add(part.Maker.TryGetValue(new Value(name), out int maker) ? maker : throw new GraphException($"there is no activation '{name}' to be made again; the plan is of another model"));
        TypedGraph graph = RecomputeRewrite.Run(part, again, out IReadOnlySet<int> late)
            ?? throw GraphException.At(part.Step.Nodes[late.Min()], "can't run again where it is wanted: a weight that it reads has been updated by then");
        return NodesApart.Joined(graph);
    }

    /// <summary>Frozen weights as they are unpacked for the forward pass are unpacked again for the backward pass: kept, they would take the memory that packing spares.</summary>
    public static TypedGraph UnpackAgain(TypedGraph step)
    {
        HashSet<Value> frozen = [.. step.States.Where(s => !s.Updated.Exists).Select(s => s.Value)];
        var part = new ForwardPart(step);
        List<string> unpacked = [];
        for (int i = 0; i < part.Count; i++)
        {
            Node n = step.Nodes[i];
            if (n.Outputs is not [{ Exists: true } whole] || !n.Inputs.All(frozen.Contains) || !part.ReadBehind.Contains(whole)) continue;
            if (step.Type(whole).Bytes > n.Inputs.Sum(v => step.Type(v).Bytes)) unpacked.Add(whole.Name);
        }
        return Apply(step, unpacked);
    }

    /// <summary>What is kept come what may: nothing, or the values at every narrow place, at every second, and so on; and what lies behind the last of them, since it is wanted again at once.</summary>
    private static IEnumerable<HashSet<int>> Fixed(ForwardPart part)
    {
        IReadOnlyList<int> cuts = NarrowCuts.Of(part);
        int behind = cuts.Count == 0 ? part.Count : cuts[^1];
        yield return [.. Enumerable.Range(behind, part.Count - behind)];
        for (int apart = 1; apart <= MostApart && apart < cuts.Count; apart *= 2)
            yield return [.. Enumerable.Range(behind, part.Count - behind), .. Enumerable.Range(0, cuts.Count).Where(i => i % apart == 0).Select(i => cuts[i])];
    }

    private static IEnumerable<RecomputeChoice> Along(ForwardPart part, KeepOrRepeat solver, List<Decision> hull, Func<TypedGraph, MemoryPlan> plan)
    {
        for (int i = 1; i < hull.Count; i++)
        {
            int[] more = [.. hull[i].Again.Except(hull[i - 1].Again).Order()];
            for (int k = 1; k <= Between; k++)
            {
                // Activations made first live longest: those first.
                HashSet<int> again = [.. hull[i - 1].Again.Where(hull[i].Again.Contains), .. more.Take((more.Length * k + Between - 1) / Between)];
                if (Weighed(part, solver, again, plan) is RecomputeChoice choice) yield return choice;
            }
        }
    }

    /// <summary>The exact choices for all prices: the corners of the convex hull of bytes kept and seconds taken, from none repeated to as much as can be.</summary>
    private static List<Decision> Hull(KeepOrRepeat solver, HashSet<int> never)
    {
        Decision none = solver.Weigh(new HashSet<int>()), most = solver.At(Dearest, never);
        var corners = new List<Decision> { none };
        if (most.Kept < none.Kept) Refine(none, most, 0);
        return corners;

        void Refine(Decision a, Decision b, int depth)
        {
            double price = (b.Seconds - a.Seconds) / (a.Kept - b.Kept);
            Decision middle = solver.At(price, never);
            bool better = depth < Deepest && middle.Kept < a.Kept && middle.Kept > b.Kept && middle.Seconds + (price * middle.Kept) < (a.Seconds + (price * a.Kept)) * (1 - 1e-9);
            if (!better)
            {
                corners.Add(b);
                return;
            }
            Refine(a, middle, depth + 1);
            Refine(middle, b, depth + 1);
        }
    }

    private static RecomputeChoice? Weighed(ForwardPart part, KeepOrRepeat solver, HashSet<int> again, Func<TypedGraph, MemoryPlan> plan)
    {
        TypedGraph? graph = RecomputeRewrite.Run(part, again, out IReadOnlySet<int> late);
        if (graph is null)
        {
            // What would come too late is kept after all.
            again.ExceptWith(late);
            graph = RecomputeRewrite.Run(part, again, out late);
            if (graph is null) return null;
        }
        graph = NodesApart.Joined(graph);
        ImmutableArray<string> dropped = [.. again.Order().Select(i => part.Step.Nodes[i]).Select(n => n.Outputs.First(v => v.Exists).Name)];
        return new RecomputeChoice(graph, plan(graph), solver.Weigh(again).Seconds, dropped);
    }

    // A second for each byte: no computation is as dear.
    private const double Dearest = 1;

    private const int Deepest = 5;

    private const int MostApart = 8;
}

/// <summary>One plan of what is kept and what is made again.</summary>
/// <param name="Graph">The step so.</param>
/// <param name="Plan">Its memory plan.</param>
/// <param name="ExtraSeconds">What making activations again takes, by the cost model.</param>
/// <param name="Dropped">The activations, each named by its node's first value; <see cref="Recompute.Apply"/> takes them.</param>
public sealed record RecomputeChoice(TypedGraph Graph, MemoryPlan Plan, double ExtraSeconds, ImmutableArray<string> Dropped)
{
    /// <summary>Graph bytes of the plan.</summary>
    public long PeakBytes => Plan.GraphBytes;
}
