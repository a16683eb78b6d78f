using Headroom.Runtime.Execution;
using Headroom.Runtime.Probes;

namespace Headroom.Cli.Profiling;

/// <summary>What binds each part of a step, how far it is from the roofline, and what to do next.</summary>
/// <param name="Steps">How many were watched.</param>
/// <param name="Step">Seconds of one, its wait for the batch included.</param>
/// <param name="Parts">All of it, the longest first; their seconds are the step's.</param>
/// <param name="Levers">The greatest gain first.</param>
/// <param name="Rates">The machine's, as they were measured.</param>
internal sealed record Diagnosis(int Steps, double Step, IReadOnlyList<StepPart> Parts, IReadOnlyList<Lever> Levers, MachineRates Rates)
{
    /// <returns>Null where no step was watched: the run was too short.</returns>
    public static Diagnosis? Of(Timeline timeline, MachineRates rates)
    {
        if (timeline.Steps == 0) return null;
        double Lasts(Lane lane) => timeline.Parts.Where(p => p.Lane == lane).Sum(p => p.Seconds) / timeline.Steps;
        double wait = Lasts(Lane.InputWait), copy = Lasts(Lane.CopyIn), step = wait + Lasts(Lane.Step);
        IReadOnlyList<NodeLoad> nodes = NodeLoad.Of(timeline, rates);
        List<StepPart> parts = [.. nodes.GroupBy(n => n.Node.Operator.Name).Select(g => StepPart.Of(g.Key, g))];
        double between = step - wait - copy - parts.Sum(p => p.Seconds);
        if (wait > 0) parts.Add(new StepPart("input wait", 1, wait, 0, 0, 0, Binding.InputWait));
        if (copy > 0) parts.Add(new StepPart("copy in", 1, copy, 0, 0, 0, Binding.MemoryTraffic));
        parts.Add(new StepPart("between nodes", 1, Math.Max(0, between), 0, 0, 0, Binding.Host));
        return new Diagnosis(timeline.Steps, step, [.. parts.OrderByDescending(p => p.Seconds)], Advice.Of(nodes, wait, step), rates);
    }

    /// <summary>Seconds at the roofline over seconds taken, of the whole step.</summary>
    public double Reached => Parts.Sum(p => p.Roofline) / Step;
}
