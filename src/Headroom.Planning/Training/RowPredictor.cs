using Headroom.Planning.Calibration;
using Headroom.Planning.Tables;

namespace Headroom.Planning.Training;

/// <summary>Predicts step time and peak memory of measured training runs of language models.</summary>
public sealed class RowPredictor : IRowPredictor
{
    /// <inheritdoc/>
    public string Name => "llm-training";

    /// <inheritdoc/>
    public IReadOnlyList<string> Quantities { get; } = [Quantity.StepSeconds, Quantity.PeakMemory];

    /// <inheritdoc/>
    public bool Concerns(MeasuredRow row, string quantity) => RowReader.Concerns(row);

    /// <inheritdoc/>
    public Prediction? Predict(MeasuredRow row, string quantity, out string reason)
    {
        if (RowReader.Read(row, out reason) is not { } question) return null;
        bool time = quantity == Quantity.StepSeconds;
        double? measured = time ? question.StepSeconds : question.RanOut ? question.Device.Memory?.Value : question.PeakMemory;
        if (measured is not double value)
        {
            reason = Quantity.NotMeasured;
            return null;
        }
        TrainingCalibration calibration = TrainingCalibration.For(question.Device, question.Stack);
        var estimator = new TrainingEstimator(question.Job, question.Device, calibration.Rates, calibration.Stack, question.Overhead);
        double predicted = time ? estimator.Time(question.Layout).Seconds : estimator.Memory(question.Layout).Total;
        PredictionInterval? interval = time ? calibration.Interval(predicted) : null;
        return new Prediction(value, predicted) { Family = question.Device.Family, Stack = question.Stack, Capacity = time ? null : question.Device.Memory?.Value, RanOut = !time && question.RanOut, Low = interval?.Low, High = interval?.High };
    }
}
