using Headroom.Devices.Catalogue;
using Headroom.Planning;
using Headroom.Planning.Calibration;
using Headroom.Planning.Diffusion.Rows;
using Headroom.Planning.Power;
using Headroom.Planning.Power.Rows;
using Headroom.Planning.Serving;
using Headroom.Planning.Tables;

namespace Headroom.Bench.Planning;

/// <summary>Fits power: four figures a family of accelerators. Times come from the calibration of serving, which is fitted before.</summary>
internal static class PowerFit
{
    private const double Delta = 0.03;

    private static readonly ParameterForm[] Forms =
    [
        new(PowerCalibration.Idle, "family", "1", "share of the design power when awake with nothing to compute", 0.15, 0.05, 0.4, 0.5),
        new(PowerCalibration.Compute, "family", "1", "share of the design power added for each share of the peak rate in use", 1.5, 0.3, 6, 1),
        new(PowerCalibration.Bandwidth, "family", "1", "share of the design power added for each share of the memory bandwidth in use; no table has rows of it, so that it stays where served models' published medians put it (496 of 700 W, 691 of 1,000 W)", 0.6, 0.2, 1.5, 0.1),
        new(PowerCalibration.Host, "family", "1", "what a node draws beside its accelerators, in shares of their design power", 0.28, 0.05, 0.6, 0.3),
        new(PowerCalibration.Waiting, "all", "1", "share of a step that accelerators of several nodes wait where each has no sample of its own", 0.25, 0.02, 0.8, 1),
    ];

    /// <summary>Fits all tables that have rows of power.</summary>
    /// <param name="tables">The tables.</param>
    public static FittedCalibration Fit(IReadOnlyList<MeasuredTable> tables)
    {
        var nodes = tables.SelectMany(t => t.Rows.Select(r => (t.Name, Question: NodeQuestion.Read(r, out _)!)).Where(q => q.Question is not null)).ToArray();
        var drawn = tables.SelectMany(t => t.Rows.Where(r => r.Kind.StartsWith("diffusion", StringComparison.Ordinal)).Select(r => (t.Name, Question: DiffusionQuestion.Read(r, out _)!)).Where(q => q.Question is { Watts: > 0, Device.Watts: not null }))
            .Select(q => (q.Name, q.Question, Time: q.Question.Time(ServingCalibration.Rates(Calibrations.Serving, q.Question.Device), ServingCalibration.Stack(Calibrations.Serving, DiffusionQuestion.Stack))!.Value)).ToArray();
        FitModel model = new("power", Forms,
            [.. nodes.Select(n => new FitRow(n.Question.Device.FitKey(), FittedCalibration.All, Quantity.Watts, n.Name)), .. drawn.Select(d => new FitRow(d.Question.Device.FitKey(), FittedCalibration.All, Quantity.Watts, d.Name))],
            (i, v) => i < nodes.Length
                ? Math.Log(nodes[i].Question.Predicted(Rates(nodes[i].Question.Device, v), v(PowerCalibration.Waiting, FittedCalibration.All)) / nodes[i].Question.Watts)
                : drawn[i - nodes.Length] is var d ? Math.Log(d.Question.Count * PowerEstimator.Watts(d.Question.Device, Rates(d.Question.Device, v), d.Time.ComputeShare, 0)!.Value / d.Question.Watts!.Value) : 0,
            Delta);
        return model.Fit("Least robust logarithmic error on published mean draws of accelerators that draw pictures and of nodes that train.");
    }

    private static PowerRates Rates(Accelerator device, Func<string, string, double> value) =>
        new(value(PowerCalibration.Idle, device.FitKey()), value(PowerCalibration.Compute, device.FitKey()), value(PowerCalibration.Bandwidth, device.FitKey()), value(PowerCalibration.Host, device.FitKey()));
}
