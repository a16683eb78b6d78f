using System.Globalization;
using System.Text.RegularExpressions;
using Headroom.Planning.Tables;

namespace Headroom.Planning.Serving.Rows;

/// <summary>The raw cells of FasterTransformer's guides: GPT's generation by tensor parallelism, BERT's encoding. Heading and text say model, accelerator and precision.</summary>
public sealed partial class FasterTransformerReader : ServingReader
{
    // The guides' own machines where a heading names none: GPT was measured on DGX A100 80GB.
    private const string GuideDevice = "NVIDIA A100 SXM4 80GB";

    private const double Giga = 1e9;

    /// <inheritdoc/>
    public override bool Knows(MeasuredRow row) => Regex.IsMatch(row.Whole.Text("table") ?? string.Empty, "(gpt|bert)_guide") && row.Whole.Section("raw").All.Any();

    /// <inheritdoc/>
    public override IEnumerable<ServingQuestion> Read(MeasuredRow row, out string skip)
    {
        string table = row.Whole.Text("table")!, section = row.Whole.Text("section") ?? string.Empty, context = row.Whole.Text("context") ?? string.Empty;
        skip = "cells of another shape";
        return table.Contains("gpt_guide", StringComparison.Ordinal) ? Gpt(row, section, context) : Bert(row, section, context);
    }

    private static IEnumerable<ServingQuestion> Gpt(MeasuredRow row, string section, string context)
    {
        Match model = GptName().Match(section);
        double? batch = row.Whole.Section("raw").Number("Batch_size"), input = row.Whole.Section("raw").Number("Input Seqlen", "Input Length"), output = row.Whole.Section("raw").Number("Output Seqlen", "Output Length");
        if (!model.Success || batch is null || input is null || output is null) yield break;
        Match all = GptParallel().Match(context);
        foreach ((string name, string text) in row.Whole.Section("raw").All)
        {
            string key = NumberFormats.Key(name);
            if (!key.Contains("latency", StringComparison.Ordinal) || key.StartsWith("megatron", StringComparison.Ordinal)) continue;
            Match own = TensorWays().Match(key);
            int tensor = own.Success ? int.Parse(own.Groups["t"].Value, CultureInfo.InvariantCulture) : all.Success ? int.Parse(all.Groups[1].Value, CultureInfo.InvariantCulture) : 1;
            int pipeline = own.Groups["p"].Success ? int.Parse(own.Groups["p"].Value, CultureInfo.InvariantCulture) : 1;
            double? latency = RowFields.ParseLeading(text) is double milliseconds ? milliseconds / 1e3 : null;
            bool failed = text.Contains("OOM", StringComparison.OrdinalIgnoreCase);
            if (latency is null && !failed) continue;
            yield return new ServingQuestion
            {
                Model = model.Value.Contains("530", StringComparison.Ordinal) ? "Megatron-530B" : model.Value, Device = GuideDevice, Stack = "fastertransformer", Mode = ServingMode.Batch,
                Layout = new ServingLayout { Tensor = tensor, Pipeline = pipeline, WholeTables = true, WeightBits = 16, PromptPiece = double.PositiveInfinity }, Load = new ServingLoad(batch.Value, input.Value, output.Value),
                TokensPerSecond = batch * output / latency, OutOfMemory = failed, PeakMemory = row.Whole.Section("raw").Number("Memory Usage (GB)") * Giga,
            };
        }
    }

    private static IEnumerable<ServingQuestion> Bert(MeasuredRow row, string section, string context)
    {
        double? batch = row.Whole.Section("raw").Number("Batch_size", "Batch Size"), length = row.Whole.Section("raw").Number("Seq_len", "Sequence Length");
        Match device = BertDevice().Match(section);
        if (batch is null || length is null) yield break;
        bool large = section.Contains("BERT-6B", StringComparison.Ordinal);
        foreach ((string name, string text) in row.Whole.Section("raw").All)
        {
            string key = NumberFormats.Key(name);
            if (!key.Contains("latency", StringComparison.Ordinal) || RowFields.ParseLeading(text) is not double milliseconds) continue;
            Match own = TensorWays().Match(key);
            // Of the columns, FasterTransformer's own with padding; the others are other frameworks or leave padding out.
            if (!(own.Success || key.StartsWith("ft", StringComparison.Ordinal)) || !NumberFormats.TryRead(key.Contains("int8", StringComparison.Ordinal) ? "int8" : row.Whole.Section("raw").Text("Precision") ?? key, out double bits, out string type)) continue;
            yield return new ServingQuestion
            {
                Model = large ? "BERT-6B" : "bert-base", Device = device.Success ? device.Value : GuideDevice, Stack = "fastertransformer", Mode = ServingMode.Prefill,
                Layout = new ServingLayout
                {
                    Tensor = own.Success ? int.Parse(own.Groups["t"].Value, CultureInfo.InvariantCulture) : 1,
                    Pipeline = own.Groups["p"].Success ? int.Parse(own.Groups["p"].Value, CultureInfo.InvariantCulture) : 1,
                    WeightBits = bits, Type = bits == 8 ? "int8" : type,
                },
                Load = new ServingLoad(batch.Value, length.Value, 0), TokensPerSecond = batch * length / (milliseconds / 1e3),
            };
        }
    }

    [GeneratedRegex(@"GPT-[0-9.]+[MB]|Megatron-530B")]
    private static partial Regex GptName();

    [GeneratedRegex(@"tensor_para(?:llel)?_size = ([0-9]{1,4})")]
    private static partial Regex GptParallel();

    [GeneratedRegex(@"tp(?<t>[0-9]{1,4})(?:pp(?<p>[0-9]{1,4}))?|(?<t>[0-9]{1,4})waytp")]
    private static partial Regex TensorWays();

    [GeneratedRegex(@"A100|A10|T4|V100")]
    private static partial Regex BertDevice();
}
