using Headroom.Planning.Tables;

namespace Headroom.Planning.Serving.Rows;

/// <summary>Rows that say what they mean: model, accelerator, parallelism, batch, lengths, and a rate or a time a token, under any of their usual names.</summary>
public sealed class PlainReader : ServingReader
{
    /// <inheritdoc/>
    public override bool Knows(MeasuredRow row) => row.Model.Text("name") is not null && Rate(row, 1) is not null;

    /// <inheritdoc/>
    public override IEnumerable<ServingQuestion> Read(MeasuredRow row, out string skip)
    {
        string model = row.Model.Text("name")!;
        string? device = row.Hardware.Text("accelerator", "gpu", "device");
        skip = device is null ? "no accelerator" : string.Empty;
        if (device is null) return [];
        bool split = "disagg".Equals(row.Config.Text("mode"), StringComparison.OrdinalIgnoreCase);
        string part = split ? "decode_" : string.Empty;
        int dp = Count(row, part + "attention_dp_size", "data_parallel", "dp", "dp_size"), tp = Count(row, part + "tp_size", "tp", "tensor_parallel", "tensor_parallel_size"), pp = Count(row, part + "pp_size", "pp", "pipeline_parallel");
        int count = (int)(row.Hardware.Number("count", "num_gpus") ?? row.Config.Number("num_gpus", "gpus") ?? 0);
        if (tp * pp * dp == 1 && count > 1) tp = count;
        double? batch = row.Config.Number(part + "batch_size", "batch", "concurrency", "max_num_seqs") ?? row.Measured.Number("avg_batch_size");
        double? input = row.Config.Number("isl", "input_length", "input_tokens", "prompt_tokens", "input_len") ?? row.Measured.Number("avg_input_tokens");
        double? output = row.Config.Number("osl", "output_length", "output_tokens", "output_len") ?? row.Measured.Number("avg_output_tokens");
        string? precision = row.Config.Text("moe_quant_mode", "gemm_quant_mode", "precision", "weight_precision", "quantization", "dtype");
        if (!NumberFormats.TryRead(precision, out double bits, out string type)) NumberFormats.TryRead(model, out bits, out type);
        double? prefill = row.Measured.Number("prefill_tgs", "prompt_tokens_per_second");
        bool saturated = batch is null;
        // Data-parallel attention with shared experts: every accelerator holds a part of the experts, and of the sequences.
        ServingLayout layout = new()
        {
            Tensor = Math.Max(1, tp) * dp, Pipeline = Math.Max(1, pp), PipelineOverlaps = pp > 1, WeightBits = bits, Type = type,
            KvBits = bits < 16 && (row.Config.Text("kv_cache_dtype", "kvcache_quant_mode") ?? Stack(row)) is "tensorrt-llm" or "fp8" ? 8 : 16, Page = 32, MemoryShare = 0.9,
        };
        ServingMode mode = prefill is not null ? ServingMode.Prefill : saturated ? ServingMode.Saturated : split ? ServingMode.Decode
            : row.Config.Text("engine", "backend") is null && row.Config.Number("concurrency", "max_num_seqs") is null ? ServingMode.Batch : ServingMode.Continuous;
        double rows = (batch ?? 1) * dp;
        return
        [
            new ServingQuestion
            {
                Model = model, Device = device, Stack = Stack(row), Mode = mode, Layout = layout, Load = new ServingLoad(rows, input ?? (prefill is null ? 512 : 4096), output ?? 512),
                TokensPerSecond = Rate(row, rows), OutOfMemory = (row.Measured.Flag("oom") ?? false),
                Watts = row.Measured.Number("avg_power_watts", "power_watts", "mean_power_watts", "avg_power_w"),
            },
        ];
    }

    private static int Count(MeasuredRow row, params ReadOnlySpan<string> names) => (int)Math.Max(1, row.Config.Number(names) ?? row.Hardware.Number(names) ?? 1);

    private static double? Rate(MeasuredRow row, double batch) =>
        row.Measured.Number("output_tokens_per_second", "output_throughput_tokens_per_sec", "throughput_tok_per_sec", "tokens_per_second", "output_throughput", "output_tokens_per_sec", "tokens_per_sec", "prefill_tgs")
        ?? (batch * 1000 / row.Measured.Number("tpot_ms", "tpot_ms_per_tok", "median_itl_ms", "itl_ms"));

    private static string Stack(MeasuredRow row)
    {
        string name = NumberFormats.Key(row.Config.Text("backend", "engine", "framework") ?? string.Empty), table = row.Whole.Text("table") ?? string.Empty;
        return name.Contains("tensorrt", StringComparison.Ordinal) || name.Contains("trtllm", StringComparison.Ordinal) ? "tensorrt-llm"
            : name.Contains("sglang", StringComparison.Ordinal) ? "sglang"
            : table.Contains("performance_tests", StringComparison.Ordinal) || name.Contains("megatron", StringComparison.Ordinal) ? "megatron"
            : "vllm";
    }
}
