using Headroom.Evidence.Quantities;

namespace Headroom.Planning.Budgets;

/// <summary>One way to train, and what it is predicted to take.</summary>
/// <param name="Levers">How.</param>
/// <param name="Graph">State, constants and arena, by arithmetic.</param>
/// <param name="Working">The same and what libtorch and .NET take beside it.</param>
/// <param name="Step">Seconds of one update, all its micro-batches counted.</param>
public sealed record Candidate(Levers Levers, Bytes Graph, Bytes Working, Seconds Step)
{
    public override string ToString() => $"{Levers}: {Working}, {Step} a step";
}
