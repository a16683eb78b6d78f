using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Cli.Terminal;
using Headroom.Devices.Catalogue;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Onnx;
using Headroom.Planning;
using Headroom.Planning.Economics;
using Headroom.Planning.Vision;

namespace Headroom.Cli.Planning;

/// <summary><c>headroom plan model.onnx</c>: what a network takes for a picture on each accelerator.</summary>
internal static class NetworkView
{
    private const int LargestTried = 256;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>One accelerator's answer.</summary>
    /// <param name="Device">The accelerator.</param>
    /// <param name="One">Seconds of a single picture.</param>
    /// <param name="Batch">The batch of most pictures a second that memory and latency allow.</param>
    /// <param name="Seconds">Of that batch.</param>
    /// <param name="Memory">Bytes at that batch.</param>
    /// <param name="Dollars">An hour; null where no price is known.</param>
    /// <param name="Watts">At that batch; null where no source gives its power.</param>
    private sealed record Row(Accelerator Device, double One, long Batch, double Seconds, double Memory, double? Dollars, double? Watts)
    {
        public double Rate => Batch / Seconds;

        public double? DollarsPerMillion => Dollars / 3600 / Rate * 1e6;

        public double? JoulesEach => Watts / Rate;
    }

    /// <exception cref="InputException">The file, a dimension or another option can't be: the message says what would be right.</exception>
    public static int Run(PlanOptions o, ParseResult typed)
    {
        string path = typed.GetValue(o.Model)!;
        bool trains = typed.GetValue(o.Task) != "infer";
        ImageNetwork network = Network(path, typed.GetValue(o.Dimension) ?? []);
        string type = PlanFleet.Choice(typed, o.Precision, "bf16", "fp16", "fp8", "int8", "fp32") is "bf16" or "fp16" ? "fp16" : typed.GetValue(o.Precision)!;
        if (trains && type == "int8") throw new InputException("--precision", "nothing trains in int8", "Give bf16, fp16, fp8 or fp32, or --task infer.");
        // Boards that have nothing but int8 are weighed in that.
        PlanFleet fleet = PlanFleet.Read(o, typed, trains ? type : "int8");
        double? latency = typed.GetValue(o.Latency) is double ms ? ms > 0 ? ms / 1000 : throw new InputException("--latency", "it leaves no time", "Give more than zero.") : null;
        long? batch = typed.GetValue(o.Batch) is string b ? CountText.Read(b, "--batch", "pictures") : null;
        var run = new VisionRun(1, type, type switch { "fp32" => 4, "int8" or "fp8" => 1, _ => 2 }, Training: trains);
        Row[] rows = [.. fleet.Accelerators.Select(a => Weigh(a, network, run, latency, batch, fleet)).OfType<Row>().OrderBy(r => PlanFleet.Goal(o, typed) switch { Headroom.Planning.Search.PlanGoal.Money => r.DollarsPerMillion ?? double.MaxValue, Headroom.Planning.Search.PlanGoal.Energy => r.JoulesEach ?? double.MaxValue, _ => 1 / r.Rate })];
        if (trains && typed.GetValue(o.Rate) is not null) throw new InputException("--rate", "nothing answers requests while it is trained", "Give --task infer.");
        PlacementView? placement = rows.Length == 0 ? null : PlacementView.Read(o, typed, fleet, rows.Select(r => new Answering(r.Device, r.One, r.Rate, r.Watts, PlanFleet.Watts(r.Device)?.Invoke(0, 0))), latency);
        if (typed.GetValue(o.Json)) Console.Out.WriteLine(Json(network, rows, placement));
        else Print(network, rows, trains, fleet);
        if (!typed.GetValue(o.Json)) placement?.Print();
        if (rows.Length == 0) return ExitCodes.BadInput;
        return ExitCodes.Done;
    }

    private static ImageNetwork Network(string path, string[] given)
    {
        var dimensions = new Dictionary<string, long>();
        foreach (string d in given)
        {
            string[] parts = d.Split('=');
            if (parts.Length != 2 || !long.TryParse(parts[1], CultureInfo.InvariantCulture, out long value) || value < 1) throw new InputException("--dimension", $"'{d}' is no name=value", "Write it as height=224.");
            dimensions[parts[0]] = value;
        }
        try
        {
            return GraphNetwork.Of(OnnxReader.Read(path), Path.GetFileName(path), dimensions);
        }
        catch (GraphException e)
        {
            throw new InputException(path, e.Message, "Give named dimensions values, such as --dimension height=224 width=224; 'headroom inspect' lists them.");
        }
    }

    private static Row? Weigh(Accelerator a, ImageNetwork network, VisionRun run, double? latency, long? asked, PlanFleet fleet)
    {
        if (PeakRates.Of(a, run.Type) is null) run = run with { Type = "int8", Bytes = 1 };
        VisionEstimator e = VisionCalibration.Estimator(a, run.Type);
        long most = Math.Min(asked ?? LargestTried, e.LargestBatch(network, run));
        if (most < (asked ?? 1)) return null;
        double one = e.Time(network, run).Seconds;
        if (one > latency) return null;
        long batch = asked ?? 1;
        if (asked is null)
            for (long b = 1; b <= most; b *= 2)
                if (latency is null || e.Time(network, run with { Batch = b }).Seconds <= latency) batch = b;
        VisionRun full = run with { Batch = batch };
        VisionTime time = e.Time(network, full);
        double compute = time.Matrix / time.Seconds, memory = (time.Traffic + time.Weights) / time.Seconds;
        return new(a, one, batch, time.Seconds, e.Memory(network, full), fleet.Prices.Of(a), PlanFleet.Watts(a)?.Invoke(Math.Min(1, compute), Math.Min(1, memory)));
    }

    private static void Print(ImageNetwork n, Row[] rows, bool trains, PlanFleet fleet)
    {
        Lines.Stage($"{n.Name}: {CountText.Show(n.Macs)} multiply-accumulates, {CountText.Show(n.Activations)} activations, {CountText.Show(n.Parameters)} parameters a picture; {(trains ? "training" : "inference")}");
        if (rows.Length == 0)
        {
            Lines.Note($"none of {string.Join(", ", fleet.Accelerators.Take(6).Select(a => a.Name))} holds it or is fast enough: larger ones (--on), or more time (--latency) would");
            return;
        }
        string[][] cells = [(string[])["", "one", "batch", "pictures/s", "memory", "USD a million", "J each"], .. rows.Take(15).Select(r => (string[])
        [
            r.Device.Name, $"{r.One * 1e3:F2} ms", $"{r.Batch}", r.Rate.ToString("N0", CultureInfo.InvariantCulture), $"{r.Memory / 1e9:F1} of {r.Device.Memory?.Value / 1e9:F0} GB", r.DollarsPerMillion?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-", r.JoulesEach?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-",
        ])];
        int[] widths = [.. Enumerable.Range(0, cells[0].Length).Select(c => cells.Max(row => row[c].Length))];
        foreach (string[] row in cells) Lines.Note((row[0].PadRight(widths[0]) + string.Concat(row.Skip(1).Select((cell, c) => "  " + cell.PadLeft(widths[c + 1])))).TrimEnd());
        if (rows.Length > 15) Lines.Note($"and {rows.Length - 15} more; --json has them all");
        if (VisionCalibration.Interval(rows[0].Device, rows[0].Rate) is { } i) Lines.Note($"the first's pictures a second lie in {i.Low:N0} to {i.High:N0} nine times of ten, by published measurements{(i.Extrapolates ? $"; none was on {rows[0].Device.Family}: it extrapolates" : "")}");
    }

    private static string Json(ImageNetwork n, Row[] rows, PlacementView? placement) => new JsonObject
    {
        ["model"] = n.Name,
        ["macs"] = n.Macs,
        ["activations"] = n.Activations,
        ["parameters"] = n.Parameters,
        ["plans"] = new JsonArray([.. rows.Select(r => (JsonNode)new JsonObject
        {
            ["accelerator"] = r.Device.Name, ["one_seconds"] = r.One, ["batch"] = r.Batch, ["batch_seconds"] = r.Seconds, ["images_per_second"] = r.Rate, ["memory_bytes"] = r.Memory, ["usd_per_million"] = r.DollarsPerMillion, ["joules_each"] = r.JoulesEach,
            ["images_per_second_low"] = VisionCalibration.Interval(r.Device, r.Rate)?.Low, ["images_per_second_high"] = VisionCalibration.Interval(r.Device, r.Rate)?.High,
        })]),
        ["placement"] = placement?.Json(),
    }.ToJsonString(Indented);
}
