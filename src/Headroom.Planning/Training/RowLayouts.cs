using System.Globalization;
using System.Text.RegularExpressions;
using Headroom.Devices.Catalogue;
using Headroom.Planning.Models;
using Headroom.Planning.Tables;

namespace Headroom.Planning.Training;

/// <summary>How a measured run lay over its accelerators.</summary>
internal static partial class RowLayouts
{
    // Neuron counts cores, two of which make one Trainium chip of the catalogue; a trn1.32xlarge has 16 chips.
    private const int CoresPerChip = 2, ChipsPerInstance = 16;

    // Where a run's speed is given without its batch: micro-batches a stage that make a step, and tokens a pass, enough for either not to count.
    private const int UsualPasses = 16, UsualTokens = 8192;

    public static TrainingLayout? Of(MeasuredRow row, Accelerator device, string stack, TransformerShape shape, int sequence, out string reason)
    {
        reason = "";
        RowFields c = row.Config;
        string topology = c.Text("topology") ?? "";
        int tensor = c.Count("tp", "tensor_parallel", "tp_size") ?? Named(topology, "TP") ?? 0, pipeline = c.Count("pp", "pipeline_parallel", "pp_size") ?? Named(topology, "PP") ?? 1, context = c.Count("cp", "context_parallel") ?? 1;
        int? data = c.Count("dp", "data_parallel") ?? Named(topology, "DP"), devices = RowHardware.Count(row);
        int micro = c.Count("micro_batch", "local_batch", "mbs", "per_device_batch", "batch", "batch_size") ?? RowHardware.Setting(row, "Batch Size") ?? 0, expert = c.Count("ep", "expert_parallel") ?? 1;
        bool cores = topology.Length > 0 && device.Family.StartsWith("Trainium", StringComparison.Ordinal);
        if (cores)
        {
            devices ??= (row.Hardware.Count("nodes") ?? c.Count("nodes") ?? 1) * ChipsPerInstance;
            // A core's share of a matrix or of a batch, times two.
            if (tensor >= CoresPerChip) tensor /= CoresPerChip;
            else micro = Math.Max(1, micro) * CoresPerChip;
            data = null;
        }
        if (devices is null && tensor > 0 && data is not null) devices = tensor * pipeline * context * data;
        if (devices is not int all)
        {
            reason = "number of accelerators not in the row";
            return null;
        }
        TrainingSoftware software = TrainingSoftware.Of(row);
        int zero = Zero(c, row.Table), wholly = c.Count("per_device_batch") ?? 0;
        // A compiler shards what nobody says; several cards are fine-tuned sharded.
        bool silent = tensor == 0 && data is null && micro == 0, tuned = row.Kind.Contains("finetune", StringComparison.Ordinal) && all > 1;
        if ((silent && stack == TrainingStacks.Xla) || tuned) zero = 3;
        if (silent && shape.Experts > 0 && expert == 1) while (expert * 2 <= Math.Min(all, shape.Experts) && all % (expert * 2) == 0 && shape.Experts % (expert * 2) == 0) expert *= 2;
        // The factor that is not stated is what the others leave.
        if (tensor == 0) tensor = data is int copies && all % (copies * pipeline * context) == 0 ? all / (copies * pipeline * context) : 1;
        int group = tensor * pipeline * context;
        int over = data ?? Math.Max(1, all / group);
        if (over * group != all)
        {
            if (all % group != 0)
            {
                reason = "parallelism doesn't multiply to the number of accelerators";
                return null;
            }
            over = all / group;
        }
        double? global = c.Number("global_batch", "globalbatch", "gbs", "batch_size_global");
        int? given = c.Count("grad_accum", "gradient_accumulation", "gas");
        if (micro == 0 && global is null) micro = software.MicroBatch ?? 0;
        if (micro == 0) micro = global is double g ? (int)Math.Max(1, pipeline > 1 ? 1 : g / over) : silent ? Math.Max(1, UsualTokens / sequence) : 1;
        int accumulation = global is double batch ? Math.Max(1, (int)Math.Round(batch / ((double)over * micro))) : given ?? (wholly > 0 || silent ? 1 : UsualPasses * pipeline);
        if (global is double whole && (double)over * micro > whole * 1.01) micro = (int)Math.Max(1, whole / over);
        // Experts may be spread over the tensor-parallel accelerators as well: then each has a share of their matrices.
        while (expert > over * context && expert % 2 == 0) expert /= 2;
        if (expert > 1 && over * context % expert != 0)
        {
            reason = "experts don't divide the accelerators";
            return null;
        }
        int stages = c.Count("interleave", "vp", "virtual_pipeline") ?? 1;
        return new TrainingLayout
        {
            Tensor = tensor, Pipeline = pipeline, Context = context, Data = over, Expert = Math.Max(1, expert), MicroBatch = micro, Accumulation = accumulation, Interleave = pipeline > 1 ? stages : 1, Zero = zero,
            LoadsWhole = zero == 3 && software.LoadsWhole,
            Recompute = c.Text("recompute") is not null ? Again(c, stack) : software.Remakes ?? (tuned ? Recompute.Full : Again(c, stack)),
            SequenceParallel = tensor > 1 && (c.Flag("seq_parallel", "sequence_parallel") ?? stack == TrainingStacks.MegatronCore), Offload = c.Flag("cpu_offload", "offload") ?? row.Table.Contains("Offload", StringComparison.Ordinal) && zero > 0,
        };
    }

    private static Recompute Again(RowFields c, string stack) => c.Text("recompute", "activation_checkpointing", "remat")?.ToLowerInvariant() switch
    {
        "full" or "true" or "block" or "uniform" => Recompute.Full,
        "selective" or "minimal" or "core_attn" or "attention" => Recompute.Selective,
        null when stack == TrainingStacks.Xla => Recompute.Full,
        { } other when other.Contains("offload", StringComparison.Ordinal) => Recompute.Full,
        _ => Recompute.None,
    };

    private static int Zero(RowFields c, string table)
    {
        if (c.Number("zero", "zero_stage", "zero_note") is double stage and >= 0 and <= 3) return (int)stage;
        string said = $"{c.Text("topology")} {table}";
        return Stage().Match(said) is { Success: true } found ? found.Groups[1].Value[0] - '0' : said.Contains("ZeRO", StringComparison.Ordinal) || c.Text("fsdp") is "1" or "FULL_SHARD" || c.Number("fsdp_ici") is > 1 ? 3 : 0;
    }

    private static int? Named(string text, string name)
    {
        foreach (Match found in Part().Matches(text))
        {
            if (found.Groups[1].Value == name && int.TryParse(found.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n > 0) return n;
        }
        return null;
    }

    [GeneratedRegex(@"\b([A-Z]{2})\s*=\s*(\d{1,6})")]
    private static partial Regex Part();

    [GeneratedRegex(@"zero[-_ ]?(?:stage)?[-_ ]?([0-3])", RegexOptions.IgnoreCase)]
    private static partial Regex Stage();
}
