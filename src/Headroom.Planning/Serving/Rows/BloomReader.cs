namespace Headroom.Planning.Serving.Rows;

/// <summary>Hugging Face's comparison of BLOOM-176B's inference solutions: milliseconds a token over the batch, 100 new tokens.</summary>
public sealed class BloomReader : ServingReader
{
    /// <inheritdoc/>
    public override bool Knows(RowCells row) => row.Text("config", "engine_precision") is not null;

    /// <inheritdoc/>
    public override IEnumerable<ServingQuestion> Read(RowCells row, out string skip)
    {
        skip = string.Empty;
        string engine = row.Text("config", "engine_precision")!;
        double? batch = row.Number("config", "batch"), milliseconds = row.Number("measured", "msec_per_token");
        int count = (int)(row.Number("hardware", "count") ?? 1);
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

        bool failed = row.Flag("measured", "oom");
        return milliseconds is null && !failed ? [] :
        [
            new ServingQuestion
            {
                Model = row.Text("model", "name") ?? string.Empty, Device = row.Text("hardware", "accelerator") ?? string.Empty,
                Stack = spread ? "accelerate" : "deepspeed-inference", Mode = ServingMode.Batch,
                Layout = new ServingLayout { Tensor = spread ? 1 : count, Pipeline = spread ? count : 1, WeightBits = bits, Type = type, PromptPiece = double.PositiveInfinity },
                Load = new ServingLoad(batch.Value, ShortPrompt, ShortAnswer), TokensPerSecond = 1000 / milliseconds, OutOfMemory = failed,
            },
        ];
    }
}
