using Headroom.Devices.Catalogue;
using Headroom.Planning.Calibration;
using Headroom.Planning.Tables;

namespace Headroom.Planning.Vision.Rows;

/// <summary>Predicts rates of image networks in inference, and their steps in training.</summary>
public sealed class VisionPredictor : IRowPredictor
{
    /// <inheritdoc/>
    public string Name => "vision";

    /// <inheritdoc/>
    public IReadOnlyList<string> Quantities { get; } = [Quantity.Throughput, Quantity.StepSeconds];

    /// <inheritdoc/>
    public bool Concerns(MeasuredRow row, string quantity) => VisionReader.Knows(row) && (quantity == Quantity.Throughput || row.Kind.Contains("train", StringComparison.Ordinal));

    /// <inheritdoc/>
    public Prediction? Predict(MeasuredRow row, string quantity, out string reason)
    {
        if (VisionReader.Read(row, out reason) is not { } question) return null;
        if (AcceleratorCatalogue.Default.TryFind(question.Device, out _) is not { } device)
        {
            reason = "the catalogue has no such device";
            return null;
        }
        try
        {
            double seconds = VisionCalibration.Estimator(device, question.Run.Type).Time(question.Network, question.Run).Seconds, rate = question.Run.Batch / seconds;
            if (quantity == Quantity.StepSeconds) return new(question.Run.Batch / question.ImagesPerSecond, seconds) { Family = device.Family };
            PredictionInterval? interval = VisionCalibration.Interval(device, rate);
            return new(question.ImagesPerSecond, rate) { Family = device.Family, Low = interval?.Low, High = interval?.High };
        }
        catch (ArgumentException)
        {
            reason = "the catalogue lacks the device's peak";
            return null;
        }
    }
}
