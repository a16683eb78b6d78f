using Headroom.Devices.Catalogue;
using Headroom.Planning.Calibration;

namespace Headroom.Planning.Serving;

/// <summary>Serving's fitted figures, by what they mean.</summary>
public static class ServingCalibration
{
    /// <summary>Of families: the share of the dense peak that large products reach.</summary>
    public const string MatrixShare = "matrix share";

    /// <summary>Of families: the share of the memory bandwidth that streaming kernels reach.</summary>
    public const string BandwidthShare = "bandwidth share";

    /// <summary>Of families: seconds of a collective that moves next to nothing.</summary>
    public const string CollectiveSeconds = "collective seconds";

    /// <summary>Of stacks: seconds of each layer in each pass beyond arithmetic and traffic.</summary>
    public const string LayerSeconds = "layer seconds";

    /// <summary>Of stacks: seconds of the host for each token written.</summary>
    public const string TokenSeconds = "token seconds";

    /// <summary>Of stacks: bandwidth at which packed weights are streamed, over the family's.</summary>
    public const string UnpackShare = "unpack share";

    /// <summary>Of stacks: the rate of large products, over the family's.</summary>
    public const string StackMatrixShare = "stack matrix share";

    /// <summary>The stack that is assumed where none is named.</summary>
    public const string UsualStack = "vllm";

    /// <summary>The rates of a device's family.</summary>
    /// <param name="calibration">What a fit found.</param>
    /// <param name="device">From the catalogue.</param>
    /// <returns>The rates.</returns>
    public static ServingRates Rates(FittedCalibration calibration, Accelerator device) =>
        new(calibration.Value(MatrixShare, device), calibration.Value(BandwidthShare, device), calibration.Value(CollectiveSeconds, device));

    /// <summary>A stack's figures; those that weren't fitted for it have no effect.</summary>
    /// <param name="calibration">What a fit found.</param>
    /// <param name="name">The stack.</param>
    /// <returns>The stack; the usual one's figures under its own name where it was never fitted.</returns>
    public static ServingStack Stack(FittedCalibration calibration, string name)
    {
        string known = calibration.Has(LayerSeconds, name) ? name : UsualStack;
        return new(name, calibration.StackValue(LayerSeconds, known, calibration.Value(LayerSeconds, known)), calibration.StackValue(TokenSeconds, known, 0), calibration.StackValue(UnpackShare, known, 1), calibration.StackValue(StackMatrixShare, known, 1));
    }

    /// <summary>A model on a device under a stack, with the figures that Headroom brings.</summary>
    /// <param name="work">The model.</param>
    /// <param name="device">From the catalogue.</param>
    /// <param name="stack">Such as <c>vllm</c> or <c>tensorrt-llm</c>.</param>
    /// <param name="layout">How it lies on the accelerators.</param>
    /// <returns>The estimator.</returns>
    public static ServingEstimator Estimator(ServingWork work, Accelerator device, string stack, ServingLayout layout) =>
        new(work, device, Rates(Calibrations.Serving, device), Stack(Calibrations.Serving, stack), layout);

    /// <summary>Where nine of ten measured rates lie.</summary>
    /// <param name="device">From the catalogue.</param>
    /// <param name="tokensPerSecond">As predicted.</param>
    /// <returns>The interval, or null where rates were never held to measurements.</returns>
    public static PredictionInterval? Interval(Accelerator device, double tokensPerSecond) => Calibrations.Serving.Interval(Tables.Quantity.Throughput, device.Family, tokensPerSecond);
}
