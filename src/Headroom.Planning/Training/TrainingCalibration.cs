using Headroom.Devices.Catalogue;
using Headroom.Planning.Calibration;

namespace Headroom.Planning.Training;

/// <summary>What the fit to published training runs says of a kind of accelerator.</summary>
/// <param name="Rates">What its family reaches.</param>
/// <param name="Stack">The framework.</param>
/// <param name="Overhead">What a process takes beside tensors.</param>
/// <param name="Family">Whose residuals are taken.</param>
public sealed record TrainingCalibration(TrainingRates Rates, TrainingStack Stack, MemoryOverhead Overhead, string Family)
{
    private const string Name = "llm-training", UsualStack = "megatron";

    /// <summary>For an accelerator; of a family that was never fitted, what its generation or kind reaches, else the usual values.</summary>
    /// <param name="device">From the catalogue.</param>
    /// <param name="stack">The framework, as the calibration names it.</param>
    public static TrainingCalibration For(Accelerator device, string stack = UsualStack)
    {
        FittedCalibration fitted = Calibrations.Named(Name);
        double Of(string parameter) => fitted.Value(parameter, device);
        return new(
            new TrainingRates(Of("matrix_share"), Of("half_size"), Of("attention_share"), Of("bandwidth_share"), Of("link_share"), Of("network_share")),
            new TrainingStack(stack, fitted.Value("layer_seconds", stack), fitted.Value("traffic", stack), fitted.Value("overlap", stack)) { RoutingPasses = fitted.Value("routing_passes") },
            MemoryOverhead.Cuda, device.Family);
    }

    /// <summary>Where nine of ten measured times lie; null where none was ever compared.</summary>
    /// <param name="seconds">Predicted.</param>
    public PredictionInterval? Interval(double seconds) => Calibrations.Named(Name).Interval("step_seconds", Family, seconds);
}
