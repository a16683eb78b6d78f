using System.Text.RegularExpressions;
using Headroom.Planning.Tables;

namespace Headroom.Planning.Vision.Rows;

/// <summary>Reads rows of image networks that bring their multiply-accumulates, or whose network is in the register.</summary>
public static partial class VisionReader
{
    // PyTorch's attention keeps scores in the chip since 2.0.
    private const int FusedSince = 200;

    /// <summary>Whether a row measures an image network.</summary>
    /// <param name="row">The row.</param>
    public static bool Knows(MeasuredRow row) => row.Kind.StartsWith("vision", StringComparison.Ordinal) && !row.Kind.EndsWith("mem", StringComparison.Ordinal)
        || row.Kind.StartsWith("edge", StringComparison.Ordinal)
        || (row.Config.Text("Image Size") is not null && row.Config.Text("Task") is "Image Classification");

    /// <summary>Reads a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="skip">Why it can't be asked.</param>
    /// <returns>The question, or null.</returns>
    public static VisionQuestion? Read(MeasuredRow row, out string skip)
    {
        skip = "";
        string name = row.Model.Text("name") ?? "";
        bool edge = row.Kind.StartsWith("edge", StringComparison.Ordinal), training = row.Kind.Contains("train", StringComparison.Ordinal);
        double batch = row.Config.Number("batch", "Batch Size", "batch_size") ?? (row.Measured.Number("fps_bs8") is null ? 1 : 8);
        double? rate = row.Measured.Number("samples_per_second", "images_per_second", "fps_bs8", "fps", "throughput", "Throughput (inference/sec)") ?? (batch * 1000 / row.Measured.Number("step_ms", "latency_ms"));
        if (rate is null or 0)
        {
            skip = Quantity.NotMeasured;
            return null;
        }
        if (Network(row, name) is not { } network)
        {
            skip = "the row has no multiply-accumulates and the register doesn't know the network";
            return null;
        }
        string precision = row.Config.Text("precision", "Compilation Autocast Data Type", "dtype") ?? (edge ? "int8" : "fp16");
        bool wide = precision.StartsWith("fp32", StringComparison.OrdinalIgnoreCase) || precision.StartsWith("float32", StringComparison.OrdinalIgnoreCase), narrow = precision.StartsWith("int8", StringComparison.OrdinalIgnoreCase);
        var run = new VisionRun(batch, wide ? "fp32" : narrow ? "int8" : "fp16", wide ? 4 : narrow ? 1 : 2, row.Config.Flag("compile") ?? false, row.Config.Text("layout") is "nhwc" or "channels_last",
            Version().Match(row.Config.Text("framework") ?? "") is not { Success: true } version || RowFields.ParseLeading(version.Groups[1].Value) >= FusedSince, training);
        return new(network, row.Hardware.Text("accelerator", "device") ?? "", run, rate.Value);
    }

    private static ImageNetwork? Network(MeasuredRow row, string name)
    {
        double? macs = row.Model.Number("gmacs") * 1e9 ?? (row.Model.Number("ops_g", "gflops") * 1e9 / 2), parameters = row.Model.Number("params_m") * 1e6;
        if (macs is null or 0 || parameters is null or 0) return row.Kind.StartsWith("vision", StringComparison.Ordinal) ? null : ImageNetworks.Find(name);
        return new(name, macs.Value, row.Model.Number("macts_m") * 1e6 ?? ImageNetworks.UsualActivations(macs.Value), parameters.Value, ImageNetworks.IsAttentionAlone(name));
    }

    [GeneratedRegex("pt([0-9]+)")]
    private static partial Regex Version();
}
