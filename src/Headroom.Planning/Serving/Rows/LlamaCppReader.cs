using Headroom.Planning.Tables;

namespace Headroom.Planning.Serving.Rows;

/// <summary>llama.cpp's benchmark: one sequence, layers spread over the cards.</summary>
public sealed class LlamaCppReader : ServingReader
{
    private const double BatchTokens = 512;

    /// <inheritdoc/>
    public override bool Knows(MeasuredRow row) => (row.Config.Text("engine") ?? string.Empty).Contains("llama.cpp", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override IEnumerable<ServingQuestion> Read(MeasuredRow row, out string skip)
    {
        skip = string.Empty;
        if (!NumberFormats.TryRead(row.Config.Text("precision"), out double bits, out string type))
        {
            skip = "no precision";
            return [];
        }

        double tokens = row.Config.Number("tokens") ?? 1024;
        double? rate = row.Measured.Number("tokens_per_second");
        int count = (int)(row.Hardware.Number("count") ?? 1);
        string? phase = row.Config.Text("phase");
        bool failed = (row.Measured.Flag("oom") ?? false);
        if (rate is null && !failed)
        {
            skip = "nothing measured";
            return [];
        }

        ServingMode? mode = phase is null ? null : phase.StartsWith("pre", StringComparison.OrdinalIgnoreCase) || phase.StartsWith("pp", StringComparison.OrdinalIgnoreCase) ? ServingMode.Prefill : ServingMode.Decode;
        return
        [
            new ServingQuestion
            {
                Model = row.Model.Text("name") ?? string.Empty, Device = row.Hardware.Text("accelerator") ?? string.Empty, Stack = "llama.cpp",
                Mode = mode ?? ServingMode.Decode, PhaseUnknown = mode is null,
                // Prompts pass in pieces, which follow each other through the cards; a single token has all cards but one wait.
                Layout = new ServingLayout { Pipeline = count, PromptPiece = BatchTokens, RuntimeBytes = 0.6e9, WeightBits = bits, Type = type, MemoryShare = 1 },
                Load = mode == ServingMode.Prefill ? new ServingLoad(1, tokens, 0) : new ServingLoad(1, 0, tokens), TokensPerSecond = rate, OutOfMemory = failed,
            },
        ];
    }
}
