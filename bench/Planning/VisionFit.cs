using Headroom.Devices.Catalogue;
using Headroom.Planning;
using Headroom.Planning.Calibration;
using Headroom.Planning.Tables;
using Headroom.Planning.Vision;
using Headroom.Planning.Vision.Rows;

namespace Headroom.Bench.Planning;

/// <summary>Fits image networks: four figures a family of devices, three of the software.</summary>
internal static class VisionFit
{
    private const double Delta = 0.1;

    private static readonly ParameterForm[] Family =
    [
        new(VisionCalibration.MatrixShare, "family", "1", "share of the dense peak that plain matrix products reach", 0.6, 0.05, 0.95, 1),
        new(VisionCalibration.ConvolutionShare, "family", "1", "rate of convolutions over that of plain products", 0.7, 0.2, 1.2, 0.5),
        new(VisionCalibration.ActivationPasses, "family", "1", "how often each activation crosses memory in a forward pass", 8, 1, 30, 1),
        new(VisionCalibration.LaunchSeconds, "family", "s", "a pass that computes nothing: launches and the host", 1e-3, 1e-5, 3e-2, 1),
    ];

    private static readonly ParameterForm[] Software =
    [
        new(VisionCalibration.FusedTraffic, "all", "1", "activation traffic that a compiler leaves", 0.5, 0.1, 1, 1),
        new(VisionCalibration.ChannelsLastGain, "all", "1", "rate of convolutions that keep channels last over those that don't", 1.2, 1, 2, 1),
        new(VisionCalibration.TrainingLaunches, "all", "1", "launches and host work of a training step over those of a forward pass", 30, 3, 100, 1),
    ];

    /// <summary>Fits all tables that have rows of image networks.</summary>
    /// <param name="tables">The tables.</param>
    public static FittedCalibration Fit(IReadOnlyList<MeasuredTable> tables)
    {
        Row[] rows = [.. tables.SelectMany(Rows)];
        FitModel model = new("vision", [.. Family, .. Software],
            [.. rows.Select(r => new FitRow(r.Device.FitKey(), FittedCalibration.All, r.Quantity, r.Table))],
            (i, c) => Math.Log(Predicted(rows[i], c) / rows[i].Measured), Delta, Relative: true);
        return model.Fit("Least robust relative error on published rates of image networks; matrix work and activation traffic joined by a norm of order 1.5.");
    }

    private static double Predicted(Row row, Func<string, string, double> value)
    {
        string key = row.Device.FitKey();
        var rates = new VisionRates(value(VisionCalibration.MatrixShare, key), value(VisionCalibration.ConvolutionShare, key), value(VisionCalibration.ActivationPasses, key), value(VisionCalibration.LaunchSeconds, key));
        var stack = new VisionStack(value(VisionCalibration.FusedTraffic, FittedCalibration.All), value(VisionCalibration.ChannelsLastGain, FittedCalibration.All), value(VisionCalibration.TrainingLaunches, FittedCalibration.All));
        VisionQuestion q = row.Question;
        double seconds = new VisionEstimator(row.Device, q.Run.Type, rates, stack).Time(q.Network, q.Run).Seconds;
        return row.Quantity == Quantity.StepSeconds ? seconds : q.Run.Batch / seconds;
    }

    private static IEnumerable<Row> Rows(MeasuredTable table)
    {
        foreach (MeasuredRow row in table.Rows.Where(VisionReader.Knows))
        {
            if (VisionReader.Read(row, out _) is not { } q || AcceleratorCatalogue.Default.TryFind(q.Device, out _) is not { } device || PeakRates.Of(device, q.Run.Type) is null) continue;
            yield return q.Run.Training ? new(table.Name, device, q, Quantity.StepSeconds, q.Run.Batch / q.ImagesPerSecond) : new(table.Name, device, q, Quantity.Throughput, q.ImagesPerSecond);
        }
    }

    private sealed record Row(string Table, Accelerator Device, VisionQuestion Question, string Quantity, double Measured);
}
