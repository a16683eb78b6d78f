using Headroom.Devices.Catalogue;

namespace Headroom.Planning.Search;

/// <summary>A kind of accelerator that a model may be served on.</summary>
/// <param name="Accelerator">From the catalogue.</param>
/// <param name="Most">How many at most for one copy of the model.</param>
/// <param name="DollarsPerHour">Of one; null where no price is known.</param>
/// <param name="WattsOf">Power of one at a share of its peak FLOP/s and of its bandwidth, in [0, 1]; null where no source gives its power.</param>
public sealed record ServingDevice(Accelerator Accelerator, int Most, double? DollarsPerHour, Func<double, double, double>? WattsOf = null);
