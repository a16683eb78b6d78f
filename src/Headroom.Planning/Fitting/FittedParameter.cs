namespace Headroom.Planning.Fitting;

/// <summary>One number that a fit looks for.</summary>
/// <param name="Name">What it is called, with its family or stack.</param>
/// <param name="Start">Where the search begins: within the bounds, and above 0.</param>
/// <param name="Lower">The least that makes physical sense; above 0.</param>
/// <param name="Upper">The most.</param>
/// <param name="Spread">How far, as a logarithm, it may lie from its start before that costs as much as one row's error; infinite where only rows count.</param>
public sealed record FittedParameter(string Name, double Start, double Lower, double Upper, double Spread = double.PositiveInfinity);
