using Headroom.Devices.Catalogue;
using Headroom.Planning.Calibration;

namespace Headroom.Planning.Power;

/// <summary>Power's fitted figures, by what they mean.</summary>
public static class PowerCalibration
{
    /// <summary>Of families: share of the design power when awake with nothing to compute.</summary>
    public const string Idle = "idle";

    /// <summary>Of families: share added for each share of the peak rate in use.</summary>
    public const string Compute = "compute";

    /// <summary>Of families: share added for each share of the memory bandwidth in use.</summary>
    public const string Bandwidth = "bandwidth";

    /// <summary>Of families: what a node draws beside its accelerators, in shares of their design power.</summary>
    public const string Host = "host";

    /// <summary>Of all: share of a step that accelerators of several nodes wait for each other where each has no sample of its own.</summary>
    public const string Waiting = "waiting";

    /// <summary>The rates of a device's family.</summary>
    /// <param name="calibration">What a fit found.</param>
    /// <param name="device">From the catalogue.</param>
    /// <returns>The rates.</returns>
    public static PowerRates Rates(FittedCalibration calibration, Accelerator device) =>
        new(calibration.Value(Idle, device), calibration.Value(Compute, device), calibration.Value(Bandwidth, device), calibration.Value(Host, device));

    /// <summary>Mean draw of one accelerator, with the figures that Headroom brings.</summary>
    /// <param name="device">From the catalogue.</param>
    /// <param name="computeShare">Of its peak rate, the share that is used.</param>
    /// <param name="bandwidthShare">Of its memory bandwidth, the share that is used.</param>
    /// <returns>Watts; null where the catalogue has no design power.</returns>
    public static double? Watts(Accelerator device, double computeShare, double bandwidthShare) => PowerEstimator.Watts(device, Rates(Calibrations.Power, device), computeShare, bandwidthShare);
}
