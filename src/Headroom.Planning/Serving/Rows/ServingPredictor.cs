using System.Globalization;
using System.Text.RegularExpressions;
using Headroom.Devices.Catalogue;
using Headroom.Evidence.Quantities;
using Headroom.Planning.Calibration;
using Headroom.Planning.Models;
using Headroom.Planning.Power;
using Headroom.Planning.Tables;

namespace Headroom.Planning.Serving.Rows;

/// <summary>Predicts rates, memory and draw of language models that are served.</summary>
public sealed partial class ServingPredictor : IRowPredictor
{
    /// <inheritdoc/>
    public string Name => "llm-serving";

    /// <inheritdoc/>
    public IReadOnlyList<string> Quantities { get; } = [Quantity.Throughput, Quantity.PeakMemory, Quantity.Watts];

    /// <inheritdoc/>
    public bool Concerns(MeasuredRow row, string quantity)
    {
        if (!row.Kind.Contains("infer", StringComparison.Ordinal) || row.Kind.StartsWith("vision", StringComparison.Ordinal) || row.Kind.StartsWith("edge", StringComparison.Ordinal) || row.Kind.StartsWith("diffusion", StringComparison.Ordinal)) return false;
        return ServingReader.All.Any(r => r.Knows(row));
    }

    /// <inheritdoc/>
    public Prediction? Predict(MeasuredRow row, string quantity, out string reason)
    {
        ServingQuestion[] asked = [.. ServingReader.ReadAny(row, out reason)];
        if (quantity != Quantity.Throughput && !asked.Any(q => quantity == Quantity.Watts ? q.Watts > 0 : q.PeakMemory > 0 || q.OutOfMemory))
        {
            reason = Quantity.NotMeasured;
            return null;
        }
        if (Questions(row, out reason) is not [_, ..] questions) return null;
        reason = Quantity.NotMeasured;
        // Of a row with several figures the first that was measured stands for it.
        foreach ((ServingQuestion question, ServingEstimator estimator) in questions)
        {
            Prediction? found = quantity switch { Quantity.Throughput => Rate(question, estimator), Quantity.PeakMemory => Memory(question, estimator), _ => Watts(question, estimator) };
            if (found is not null) return found with { Family = estimator.Device.FitKey(), Stack = question.Stack };
        }
        return null;
    }

    /// <summary>What a row asks, with estimators of its model and device.</summary>
    /// <param name="row">The row.</param>
    /// <param name="reason">Why it asks nothing, where the list is empty.</param>
    /// <param name="calibration">The figures of families and stacks; those that Headroom brings where null.</param>
    public static IReadOnlyList<(ServingQuestion Question, ServingEstimator Estimator)> Questions(MeasuredRow row, out string reason, FittedCalibration? calibration = null)
    {
        List<(ServingQuestion, ServingEstimator)> found = [];
        foreach (ServingQuestion question in ServingReader.ReadAny(row, out reason))
        {
            if (Facts(question, out reason) is not { } facts) continue;
            FittedCalibration figures = calibration ?? Calibrations.Serving;
            found.Add((question, new ServingEstimator(facts.Work, facts.Device, ServingCalibration.Rates(figures, facts.Device), ServingCalibration.Stack(figures, question.Stack), question.Layout)));
        }
        return found;
    }

    /// <summary>The model and device that a question names.</summary>
    /// <param name="question">The question.</param>
    /// <param name="reason">What is missing.</param>
    /// <returns>Both, or null.</returns>
    public static (ServingWork Work, Accelerator Device)? Facts(ServingQuestion question, out string reason)
    {
        reason = "";
        if (PublishedModels.Find(question.Model) is not { } shape) reason = "the register has no such model";
        else if (AcceleratorCatalogue.Default.TryFind(question.Device, out _) is not { } device) reason = "the catalogue has no such device";
        else if (device.Bandwidth is null || PeakRates.Of(device, question.Layout.Type) is null) reason = "the catalogue lacks the device's bandwidth or peak";
        else return (ServingWork.Of(shape), device.Kind == AcceleratorKind.Soc && Named(question.Device) is { } own ? device with { Memory = own } : device);
        return null;
    }

    /// <summary>The memory that a name ends with: systems on a chip are sold with more and less.</summary>
    private static Bytes? Named(string device) => Size().Match(device) is { Success: true } found && long.TryParse(found.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out long size) && size > 0 ? new Bytes(size * 1_000_000_000) : null;

    [GeneratedRegex(@"\b(\d{1,4})\s*GB\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Size();

    private static Prediction? Rate(ServingQuestion question, ServingEstimator estimator)
    {
        if (question.TokensPerSecond is not > 0) return null;
        double rate = ServingAnswers.TokensPerSecond(question, estimator);
        PredictionInterval? interval = ServingCalibration.Interval(estimator.Device, rate);
        return new(question.TokensPerSecond.Value, rate) { Low = interval?.Low, High = interval?.High };
    }

    private static Prediction? Memory(ServingQuestion question, ServingEstimator estimator)
    {
        double? capacity = UsableMemory.Of(estimator.Device);
        double total = estimator.Memory(question.Load).Total;
        return question.PeakMemory is > 0 and double measured ? new(measured, total) { Capacity = capacity }
            : question.OutOfMemory && capacity is { } most ? new(most, total) { Capacity = capacity, RanOut = true } : null;
    }

    private static Prediction? Watts(ServingQuestion question, ServingEstimator estimator)
    {
        if (question.Watts is not > 0) return null;
        ServingLoad load = question.Mode == ServingMode.Saturated ? ServingAnswers.Fullest(question.Load, estimator) : question.Load;
        ServingEstimate estimate = question.Mode is ServingMode.Continuous or ServingMode.Saturated ? estimator.Continuous(load) : estimator.Estimate(load);
        return PowerCalibration.Watts(estimator.Device, estimate.ComputeShare, estimate.BandwidthShare) * estimator.Layout.Devices is { } watts ? new(question.Watts.Value, watts) : null;
    }
}
