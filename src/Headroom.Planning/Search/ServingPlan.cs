using Headroom.Devices.Catalogue;
using Headroom.Planning.Calibration;
using Headroom.Planning.Serving;

namespace Headroom.Planning.Search;

/// <summary>One way to serve a model: accelerators, how it lies on them, how many sequences at once, and what that gives.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Device">The kind of accelerator.</param>
/// <param name="Layout">How many share the model, and in how many bits.</param>
/// <param name="Batch">Sequences at once.</param>
/// <param name="Estimate">At that batch, always full.</param>
/// <param name="FirstToken">Seconds to the first token of one prompt that finds room.</param>
public sealed record ServingPlan(ServingRequest Request, ServingDevice Device, ServingLayout Layout, long Batch, ServingEstimate Estimate, double FirstToken)
{
    private const double SecondsAnHour = 3600, Million = 1e6;

    /// <summary>The accelerator.</summary>
    public Accelerator Accelerator => Device.Accelerator;

    /// <summary>How many of them.</summary>
    public int Count => Layout.Devices;

    /// <summary>Dollars of a million written tokens, always full; null where there is no price.</summary>
    public double? DollarsPerMillion => Device.DollarsPerHour * Count / SecondsAnHour / Estimate.TokensPerSecond * Million;

    /// <summary>Joules of a written token at the wall; null where no source gives the power.</summary>
    public double? JoulesPerToken => Device.WattsOf?.Invoke(Estimate.ComputeShare, Estimate.BandwidthShare) * Count * Request.Power.Overhead / Estimate.TokensPerSecond;

    /// <summary>Where nine of ten measured rates lie; null where none was compared.</summary>
    public PredictionInterval? Interval => ServingCalibration.Interval(Accelerator, Estimate.TokensPerSecond);
}
