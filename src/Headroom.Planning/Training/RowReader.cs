using System.Globalization;
using System.Text.RegularExpressions;
using Headroom.Devices.Catalogue;
using Headroom.Planning.Models;
using Headroom.Planning.Tables;

namespace Headroom.Planning.Training;

/// <summary>Reads measured training runs of language models.</summary>
public static partial class RowReader
{
    // Of LoRA where a row says neither rank nor count: rank 8 on queries and values, as its authors have it (arXiv:2106.09685).
    private const double UsualRank = 8;

    /// <summary>Whether a row is of such a run.</summary>
    /// <param name="row">The row.</param>
    public static bool Concerns(MeasuredRow row) => (row.Kind.StartsWith("llm-train", StringComparison.Ordinal) || row.Kind.StartsWith("llm-finetune", StringComparison.Ordinal) || (row.Kind == "train" && row.Config.Text("topology") is not null))
        && row.Config.Text("method")?.Contains("Inference", StringComparison.OrdinalIgnoreCase) != true;

    /// <summary>Reads a row.</summary>
    /// <param name="row">One that this <see cref="Concerns"/>.</param>
    /// <param name="reason">Why it can't be read; empty where it can.</param>
    public static RowQuestion? Read(MeasuredRow row, out string reason)
    {
        if (RowHardware.Accelerator(row) is not string written)
        {
            reason = "no device in the row";
            return null;
        }
        if (AcceleratorCatalogue.Default.TryFind(written, out _) is not { } device)
        {
            reason = "device not in the catalogue";
            return null;
        }
        if (RowShapes.Of(row, out reason) is not { } model) return null;
        string stack = StackOf(row, device);
        if (RowLayouts.Of(row, device, stack, model.Shape, model.Sequence, out reason) is not { } layout) return null;
        string type = TypeOf(row.Config.Text("precision", "Training Data-Type", "dtype") ?? "bf16");
        if (device.Bandwidth is null || PeakRates.Of(device, type) is null)
        {
            reason = "the catalogue lacks the device's bandwidth or peak";
            return null;
        }
        if (NetworkOf(row, device) is double network) device = device with { Network = network };
        TrainingJob job = JobOf(row, model.Shape, model.Sequence, type);
        if (job.GradientBytes == 0) layout = layout with { Offload = true, Accumulation = 1 };
        return new RowQuestion(job, layout, device, stack)
        {
            StepSeconds = Seconds(row, job, layout, device, type),
            PeakMemory = row.Measured.Number("peak_memory_bytes") ?? Scaled(row.Measured.Number("peak_memory_gb"), 1e9) ?? Scaled(row.Measured.Number("peak_memory_gib"), 1L << 30) ?? Scaled(row.Measured.Number("peak_memory_mib"), 1 << 20),
            OwnCounter = row.Kind.StartsWith("llm-finetune", StringComparison.Ordinal),
            LengthGuessed = !model.Stated && row.Kind.StartsWith("llm-finetune", StringComparison.Ordinal),
            RanOut = row.Measured.Flag("oom", "out_of_memory") ?? false,
        };
    }

    /// <summary>Bytes a second of an accelerator's share of the network that a row names: <c>4x100Gb RoCE per node</c>, <c>1600 Gbps RoCE node-node</c>.</summary>
    private static double? NetworkOf(MeasuredRow row, Accelerator device)
    {
        string said = row.Hardware.Text("network", "interconnect") ?? "";
        return Gigabits().Match(said) is { Success: true } found && double.TryParse(found.Groups[2].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double each)
            ? (found.Groups[1].Success ? double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : 1) * each * 1e9 / 8 / Math.Max(1, device.NodeSize ?? 8) : null;
    }

    [GeneratedRegex(@"(?:(\d{1,2})\s*x\s*)?(\d{2,5})\s*Gb", RegexOptions.IgnoreCase)]
    private static partial Regex Gigabits();

    private static string StackOf(MeasuredRow row, Accelerator device)
    {
        if (device.Kind is AcceleratorKind.Tpu or AcceleratorKind.Npu) return TrainingStacks.Xla;
        string attention = row.Config.Text("attention_impl", "attention") ?? "", sharded = row.Config.Text("fsdp") ?? "";
        if (attention.Contains("unfused", StringComparison.OrdinalIgnoreCase) || device.Generation is "Volta" or "Pascal" or "Turing") return TrainingStacks.MegatronUnfused;
        return sharded.Contains("SHARD", StringComparison.OrdinalIgnoreCase) || row.Kind.Contains("finetune", StringComparison.Ordinal) ? TrainingStacks.Fsdp : TrainingStacks.MegatronCore;
    }

    private static string TypeOf(string written)
    {
        string text = written.ToLowerInvariant();
        return text.Contains("fp4", StringComparison.Ordinal) ? "fp4" : text.Contains("fp8", StringComparison.Ordinal) ? "fp8" : text.Contains("bf16", StringComparison.Ordinal) ? "bf16" : text.Contains("fp16", StringComparison.Ordinal) ? "fp16"
            : text.Contains("tf32", StringComparison.Ordinal) ? "tf32" : text.Contains("fp32", StringComparison.Ordinal) ? "fp32" : "bf16";
    }

    private static TrainingJob JobOf(MeasuredRow row, TransformerShape shape, int sequence, string type)
    {
        string method = $"{row.Config.Text("method")} {row.Whole.Text("task")} {row.Config.Text("quantization")}";
        bool quantised = method.Contains("qlora", StringComparison.OrdinalIgnoreCase) || method.Contains("nf4", StringComparison.OrdinalIgnoreCase);
        bool adapters = quantised || method.Contains("lora", StringComparison.OrdinalIgnoreCase) || method.Contains("adapter", StringComparison.OrdinalIgnoreCase);
        bool tuned = row.Kind.Contains("finetune", StringComparison.Ordinal), half = tuned || row.Config.Text("precision")?.Contains("true", StringComparison.OrdinalIgnoreCase) == true || row.Config.Text("mp_mode") == "PURE";
        // Four bits and a scale each 64 weights (arXiv:2305.14314), of four bytes, or quantised again of one and four bytes each 256 scales; token tables stay in 16 bits.
        double products = (shape.LayerParameters + shape.ExpertParameters + shape.HeadParameters) / shape.Parameters;
        bool twice = method.Contains("nf4-dq", StringComparison.OrdinalIgnoreCase) || !method.Contains("nf4", StringComparison.OrdinalIgnoreCase);
        double four = 0.5 + (twice ? (1 + (4 / 256.0)) / 64 : 4 / 64.0);
        TrainingSoftware software = TrainingSoftware.Of(row);
        bool paged = software.PagesOnOneCard && !adapters && RowHardware.Count(row) == 1;
        return new TrainingJob
        {
            Shape = shape, Sequence = sequence, Type = type,
            FusedAttention = row.Config.Text("attention_impl", "attention")?.Contains("unfused", StringComparison.OrdinalIgnoreCase) != true,
            AdapterParameters = !adapters ? null : row.Config.Number("trainable_params") ?? (UsualRank * shape.Layers * (2.0 * shape.Hidden + (shape.Heads * shape.HeadDim) + (shape.KeyValueHeads * shape.ValueDim))),
            WeightBytes = quantised ? (products * four) + ((1 - products) * 2) : type == "fp32" ? 4 : 2,
            ActivationBytes = type == "fp32" ? 4 : 2, Optimizer = paged ? OptimizerKind.AdamW8Bit : OptimizerKind.AdamW, GradientBytes = paged ? 0 : software.GradientBytes ?? (half ? 2 : 4), UpdateBytes = software.UpdateBytes, UnfusedNorms = software.UnfusedNorms, KeepsFrozenInputs = quantised && software.KeepsFrozenInputs, MasterBytes = type == "fp32" || half ? 0 : 4,
        };
    }

    private static double? Scaled(double? value, double unit) => value is > 0 and double v ? v * unit : null;

    /// <summary>Seconds of a step, out of whatever speed the row states.</summary>
    private static double? Seconds(MeasuredRow row, TrainingJob job, in TrainingLayout l, Accelerator device, string type)
    {
        RowFields m = row.Measured;
        double tokens = l.Batch * (double)job.Sequence;
        if (m.Number("step_seconds", "iteration_seconds", "step_time", "step_seconds_derived") is > 0 and double seconds) return seconds;
        if (m.Number("tokens_per_second", "tokens_per_sec") is > 0 and double rate) return tokens / rate;
        if (m.Number("tokens_per_second_per_gpu", "tokens_per_second_per_device", "tgs") is > 0 and double each) return tokens / (each * l.Devices);
        if (m.Number("sequences_per_second", "samples_per_second", "Performance [seq/sec]") is > 0 and double sequences) return l.Batch / sequences;
        double flops = tokens * job.Shape.TrainingFlopsPerToken(job.Sequence);
        // Hardware FLOPs count what is made again.
        double again = l.Recompute == Recompute.Full ? 4 / 3.0 : 1;
        bool hardware = m.Number("mfu") is null && m.Number("hfu") is not null;
        if (m.Number("tflops_per_gpu", "tflops_per_device") is > 0 and double rated) return flops * (hardware ? again : 1) / (rated * 1e12 * l.Devices);
        double peak = PeakRates.Of(device, type)!.Value;
        if (m.Number("mfu") is > 0 and <= 1.2 and double mfu) return flops / (mfu * peak * l.Devices);
        return m.Number("hfu") is > 0 and <= 1.2 and double hfu ? flops * again / (hfu * peak * l.Devices) : null;
    }
}
