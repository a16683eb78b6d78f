namespace Headroom.Planning.Calibration;

/// <summary>Where nine of ten measurements lie, by those that the planner was held to.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
/// <param name="Extrapolates">Whether the family of accelerators was never measured: then the interval comes from families that were left out of a fit and predicted.</param>
public readonly record struct PredictionInterval(double Low, double High, bool Extrapolates);
