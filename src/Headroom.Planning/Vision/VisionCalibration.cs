using Headroom.Devices.Catalogue;
using Headroom.Planning.Calibration;

namespace Headroom.Planning.Vision;

/// <summary>Fitted figures of image networks, by what they mean.</summary>
public static class VisionCalibration
{
    /// <summary>Of families: the share of the dense peak that plain products reach.</summary>
    public const string MatrixShare = "matrix share";

    /// <summary>Of families: the rate of convolutions over that of plain products.</summary>
    public const string ConvolutionShare = "convolution share";

    /// <summary>Of families: how often each activation crosses memory in a forward pass.</summary>
    public const string ActivationPasses = "activation passes";

    /// <summary>Of families: seconds of a pass that computes nothing.</summary>
    public const string LaunchSeconds = "launch seconds";

    /// <summary>Of all: activation traffic that a compiler leaves.</summary>
    public const string FusedTraffic = "fused traffic";

    /// <summary>Of all: the rate of convolutions that keep channels last over those that don't.</summary>
    public const string ChannelsLastGain = "channels last gain";

    /// <summary>Of all: launches and host work of a training step over those of a forward pass.</summary>
    public const string TrainingLaunches = "training launches";

    /// <summary>The rates of a device's family.</summary>
    /// <param name="calibration">What a fit found.</param>
    /// <param name="device">From the catalogue.</param>
    /// <returns>The rates.</returns>
    public static VisionRates Rates(FittedCalibration calibration, Accelerator device) =>
        new(calibration.Value(MatrixShare, device), calibration.Value(ConvolutionShare, device), calibration.Value(ActivationPasses, device), calibration.Value(LaunchSeconds, device));

    /// <summary>The software's figures.</summary>
    /// <param name="calibration">What a fit found.</param>
    /// <returns>The figures.</returns>
    public static VisionStack Stack(FittedCalibration calibration) => new(calibration.Value(FusedTraffic), calibration.Value(ChannelsLastGain), calibration.Value(TrainingLaunches));

    /// <summary>An estimator with the figures that Headroom brings.</summary>
    /// <param name="device">From the catalogue.</param>
    /// <param name="type">What matrix work computes in.</param>
    /// <returns>The estimator.</returns>
    public static VisionEstimator Estimator(Accelerator device, string type) => new(device, type, Rates(Calibrations.Vision, device), Stack(Calibrations.Vision));

    /// <summary>Where nine of ten measured rates lie.</summary>
    /// <param name="device">From the catalogue.</param>
    /// <param name="imagesPerSecond">As predicted.</param>
    /// <returns>The interval, or null where rates were never held to measurements.</returns>
    public static PredictionInterval? Interval(Accelerator device, double imagesPerSecond) => Calibrations.Vision.Interval(Tables.Quantity.Throughput, device.Family, imagesPerSecond);
}
