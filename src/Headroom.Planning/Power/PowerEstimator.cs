using Headroom.Devices.Catalogue;

namespace Headroom.Planning.Power;

/// <summary>Mean power from how busy an accelerator is: idle power, and what arithmetic and traffic add, up to the design power.</summary>
public static class PowerEstimator
{
    /// <summary>Mean draw of one accelerator.</summary>
    /// <param name="device">Must have a design power.</param>
    /// <param name="rates">Of its family.</param>
    /// <param name="computeShare">Of its peak rate, the share that is used, 0 to 1.</param>
    /// <param name="bandwidthShare">Of its memory bandwidth, the share that is used, 0 to 1.</param>
    /// <returns>Watts; null where the catalogue has no design power.</returns>
    public static double? Watts(Accelerator device, PowerRates rates, double computeShare, double bandwidthShare) =>
        device.Watts?.Value * Share(rates, computeShare, bandwidthShare);

    /// <summary>Mean draw of a node at its inlet.</summary>
    /// <param name="device">One of its accelerators; must have a design power.</param>
    /// <param name="count">Accelerators in the node.</param>
    /// <param name="rates">Of its family.</param>
    /// <param name="computeShare">Of its peak rate, the share that is used, 0 to 1.</param>
    /// <param name="bandwidthShare">Of its memory bandwidth, the share that is used, 0 to 1.</param>
    /// <returns>Watts; null where the catalogue has no design power.</returns>
    public static double? NodeWatts(Accelerator device, int count, PowerRates rates, double computeShare, double bandwidthShare) =>
        count * device.Watts?.Value * (Share(rates, computeShare, bandwidthShare) + rates.Host);

    /// <summary>The share of the design power.</summary>
    /// <param name="rates">Of a family.</param>
    /// <param name="computeShare">Of the peak rate.</param>
    /// <param name="bandwidthShare">Of the memory bandwidth.</param>
    /// <returns>At most 1: beyond it clocks fall.</returns>
    public static double Share(PowerRates rates, double computeShare, double bandwidthShare) =>
        Math.Min(1, rates.Idle + (rates.Compute * computeShare) + (rates.Bandwidth * bandwidthShare));
}
