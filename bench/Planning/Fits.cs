using Headroom.Planning.Calibration;
using Headroom.Planning.Tables;

namespace Headroom.Bench.Planning;

/// <summary>Every fit that there is, by the calibration's name.</summary>
internal static class Fits
{
    /// <summary>All of them.</summary>
    public static IReadOnlyDictionary<string, Func<IReadOnlyList<MeasuredTable>, FittedCalibration>> All { get; } = new Dictionary<string, Func<IReadOnlyList<MeasuredTable>, FittedCalibration>>(StringComparer.Ordinal)
    {
        ["llm-serving"] = ServingFit.Fit,
        ["llm-training"] = TrainingFit.Fit,
        ["vision"] = VisionFit.Fit,
        // Needs the calibration of serving in the build: run it again after a new one.
        ["power"] = PowerFit.Fit,
    };
}
