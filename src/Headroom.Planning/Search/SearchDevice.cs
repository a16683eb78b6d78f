using Headroom.Devices.Catalogue;
using Headroom.Planning.Training;

namespace Headroom.Planning.Search;

/// <summary>A kind of accelerator that a plan may use.</summary>
/// <param name="Accelerator">From the catalogue.</param>
/// <param name="Most">How many at most.</param>
/// <param name="DollarsPerHour">Of one; null where no price is known.</param>
/// <param name="Estimator">What the job takes on it.</param>
/// <param name="WattsOf">Power of one at a share of its peak FLOP/s and of its bandwidth, in [0, 1]; null where no source gives its power.</param>
public sealed record SearchDevice(Accelerator Accelerator, int Most, double? DollarsPerHour, TrainingEstimator Estimator, Func<double, double, double>? WattsOf = null);
