using Headroom.Evidence.Quantities;

namespace Headroom.Evidence.Documents;

/// <summary>What a planner set, and why.</summary>
/// <param name="Lever">What can be turned: <c>precision</c>, <c>micro-batches</c>, <c>recompute</c>, <c>steps</c>.</param>
/// <param name="Value">How it stands.</param>
/// <param name="Why">With the figures that led to it.</param>
public sealed record PlanChoice(string Lever, string Value, string Why);

/// <summary>A way to train that was weighed: none that is listed is both slower and larger than another.</summary>
/// <param name="Levers">In words.</param>
/// <param name="Working">Memory beyond the process's own, predicted.</param>
/// <param name="Step">Time of one update, predicted.</param>
/// <param name="Fits">Whether it keeps to the budget.</param>
public sealed record PlanAlternative(string Levers, Bytes Working, Seconds Step, bool Fits);
