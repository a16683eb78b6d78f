using Headroom.Planning.Calibration;
using Headroom.Planning.Power;
using Headroom.Planning.Serving;
using Headroom.Planning.Tables;

namespace Headroom.Planning.Diffusion.Rows;

/// <summary>Predicts rates and draw of drawing pictures and films.</summary>
public sealed class DiffusionPredictor : IRowPredictor
{
    /// <inheritdoc/>
    public string Name => "diffusion";

    /// <inheritdoc/>
    public IReadOnlyList<string> Quantities { get; } = [Quantity.Throughput, Quantity.Watts];

    /// <inheritdoc/>
    public bool Concerns(MeasuredRow row, string quantity) => row.Kind.StartsWith("diffusion", StringComparison.Ordinal);

    /// <inheritdoc/>
    public Prediction? Predict(MeasuredRow row, string quantity, out string reason)
    {
        if (DiffusionQuestion.Read(row, out reason) is not { } q) return null;
        if (q.Time(ServingCalibration.Rates(Calibrations.Serving, q.Device), ServingCalibration.Stack(Calibrations.Serving, DiffusionQuestion.Stack)) is not { } time)
        {
            reason = "the catalogue lacks the device's peak";
            return null;
        }
        (double? measured, double? predicted) = quantity == Quantity.Watts ? (q.Watts, q.Count * PowerCalibration.Watts(q.Device, time.ComputeShare, 0)) : (q.PerSecond, q.Batch / time.Seconds);
        reason = measured is not > 0 ? Quantity.NotMeasured : predicted is null ? "the catalogue has no design power" : "";
        return reason.Length > 0 ? null : new(measured!.Value, predicted!.Value) { Family = q.Device.FitKey(), Stack = DiffusionQuestion.Stack };
    }
}
