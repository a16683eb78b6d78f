namespace Headroom.Planning.Power;

/// <summary>What a family of accelerators draws, in shares of its thermal design power.</summary>
/// <param name="Idle">Awake with nothing to compute.</param>
/// <param name="Compute">Added for each share of the peak rate that matrix units are used at; what is over the design power is throttled away.</param>
/// <param name="Bandwidth">Added for each share of the memory bandwidth that is used.</param>
/// <param name="Host">Of a whole node, what processors, network, fans and supplies draw beside the accelerators.</param>
public sealed record PowerRates(double Idle, double Compute, double Bandwidth, double Host);
