using Headroom.Planning.Tables;

namespace Headroom.Planning.Serving.Rows;

/// <summary>Hugging Face's comparison of BLOOM-176B's inference solutions: milliseconds a token over the batch, 100 new tokens.</summary>
public sealed class BloomReader : ServingReader
{
    /// <inheritdoc/>
    public override bool Knows(MeasuredRow row) => row.Config.Text("engine_precision") is not null;

    /// <inheritdoc/>
    public override IEnumerable<ServingQuestion> Read(MeasuredRow row, out string skip)
    {
        skip = string.Empty;
        string engine = row.Config.Text("engine_precision")!;
        double? batch = row.Config.Number("batch"), milliseconds = row.Measured.Number("msec_per_token");
        int count = (int)(row.Hardware.Number("count") ?? 1);
        if (engine.Contains("zero", StringComparison.OrdinalIgnoreCase))
        {
            skip = "weights gathered over the links for each pass (ZeRO-3 inference) aren't modelled";
            return [];
        }

        bool spread = engine.StartsWith("accelerate", StringComparison.OrdinalIgnoreCase);
        if (batch is null || !NumberFormats.TryRead(engine[engine.LastIndexOf(' ')..], out double bits, out string type))
        {
            skip = "no batch or precision";
            return [];
        }

        bool failed = (row.Measured.Flag("oom") ?? false);
        return milliseconds is null && !failed ? [] :
        [
            new ServingQuestion
            {
                Model = row.Model.Text("name") ?? string.Empty, Device = row.Hardware.Text("accelerator") ?? string.Empty,
                Stack = spread ? "accelerate" : "deepspeed-inference", Mode = ServingMode.Batch,
                Layout = new ServingLayout { Tensor = spread ? 1 : count, Pipeline = spread ? count : 1, WholeTables = !spread, WeightBits = bits, Type = type, PromptPiece = double.PositiveInfinity },
                Load = new ServingLoad(batch.Value, ShortPrompt, ShortAnswer), TokensPerSecond = 1000 / milliseconds, OutOfMemory = failed,
            },
        ];
    }
}
