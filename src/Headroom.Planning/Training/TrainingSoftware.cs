using Headroom.Planning.Tables;

namespace Headroom.Planning.Training;

/// <summary>What a program does unless told otherwise, and so what the rows of its own tables leave unsaid.</summary>
/// <param name="Repository">Where it is published: the table's source names it.</param>
internal sealed record TrainingSoftware(string Repository)
{
    private static readonly TrainingSoftware Other = new("");

    private static readonly TrainingSoftware[] Known =
    [
        // internlm/solver/optimizer/hybrid_zero_optim.py: 16-bit gradients are flattened and copied to fp32, then torch.optim.AdamW takes a root of every second moment at once.
        new("InternLM/InternEvo") { GradientBytes = 2, UpdateBytes = 2 + 4 + 4 },
        // litgpt/finetune/lora.py: a whole checkpoint is loaded before FSDP shards it. bitsandbytes of then (0.41, autograd/_functions.py, MatMul4Bit) kept the inputs of frozen products. Its RMSNorm is made of single operations.
        new("Lightning-AI/litgpt") { LoadsWhole = true, KeepsFrozenInputs = true, UnfusedNorms = true },
        // recipes/configs: enable_activation_checkpointing: True, batch_size: 2; those for one card page an 8-bit AdamW's states to the host and update in the backward pass.
        new("pytorch/torchtune") { Remakes = Recompute.Full, MicroBatch = 2, PagesOnOneCard = true },
    ];

    /// <summary>Bytes of a gradient; null for what its kind of training takes.</summary>
    public double? GradientBytes { get; private init; }

    /// <summary>As <see cref="TrainingJob.UpdateBytes"/>.</summary>
    public double UpdateBytes { get; private init; }

    /// <summary>As <see cref="TrainingLayout.LoadsWhole"/>.</summary>
    public bool LoadsWhole { get; private init; }

    /// <summary>As <see cref="TrainingJob.KeepsFrozenInputs"/>, where weights are quantised.</summary>
    public bool KeepsFrozenInputs { get; private init; }

    /// <summary>As <see cref="TrainingJob.UnfusedNorms"/>.</summary>
    public bool UnfusedNorms { get; private init; }

    /// <summary>What is made again; null where there is no rule.</summary>
    public Recompute? Remakes { get; private init; }

    /// <summary>Sequences of a pass; null where there is no rule.</summary>
    public int? MicroBatch { get; private init; }

    /// <summary>Whether a whole model on one card has its optimizer's states, of 8 bits, paged to the host, and each gradient used up in the backward pass.</summary>
    public bool PagesOnOneCard { get; private init; }

    /// <summary>The program that a row was measured with; one without habits where its source is none of those known.</summary>
    /// <param name="row">The row.</param>
    public static TrainingSoftware Of(MeasuredRow row) => Known.FirstOrDefault(s => row.Source.Contains(s.Repository, StringComparison.OrdinalIgnoreCase)) ?? Other;
}
