namespace Headroom.Evidence.Gates;

/// <summary>What became of a gate.</summary>
public enum GateOutcome
{
    Pass,
    Fail,

    /// <summary>The measurement is not there, which stops a release as a failure does.</summary>
    Missing,
}

/// <summary>What became of a gate.</summary>
/// <param name="Rule">The rule as it was read.</param>
/// <param name="Outcome">Whether it holds.</param>
/// <param name="Value">What was measured, null where it is missing.</param>
/// <param name="Text">One line for a reader.</param>
public sealed record GateResult(string Rule, GateOutcome Outcome, double? Value, string Text);
