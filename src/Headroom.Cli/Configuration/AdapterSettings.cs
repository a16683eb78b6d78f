using Headroom.Evidence;
using Headroom.Graph.Passes;

namespace Headroom.Cli.Configuration;

/// <summary>Low-rank adapters: the network's own weights are frozen, and only small matrices beside them are trained.</summary>
internal sealed record AdapterSettings : ICheckedSettings
{
    public AdapterKind Kind { get; init; }

    /// <summary>Columns of an adapter's first matrix and rows of its second.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>An adapter's part counts alpha / rank.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Weights that get one, by name: a part of it, or a pattern with *.</summary>
    public IReadOnlyList<string> Targets { get; init; } = ["*"];

    /// <summary>Weights that are trained whole beside the adapters; a new head always is.</summary>
    public IReadOnlyList<string> Whole { get; init; } = [];

    /// <summary>In which form the frozen weights are kept: as they are without; under a budget the planner chooses where nothing is said.</summary>
    public BaseKind? Base { get; init; }

    public void Check()
    {
        Ranges.AtLeast("train.adapter.rank", Rank, 1);
        Ranges.Positive("train.adapter.alpha", Alpha);
        if (Targets.Count == 0) throw new InputException("train.adapter.targets", "the list is empty", "Name weights, such as [q_proj, v_proj], or leave it out for all.");
    }

    public LowRankOptions ToOptions() => new()
    {
        Rank = Rank,
        Alpha = Alpha,
        Targets = Targets,
        Whole = Whole,
        Base = Base switch
        {
            BaseKind.Bf16 => BaseStorage.BFloat16,
            BaseKind.Int8 => BaseStorage.Int8,
            BaseKind.Nf4 => BaseStorage.Nf4,
            _ => BaseStorage.Same,
        },
    };
}

internal enum AdapterKind
{
    Lora,
}

internal enum BaseKind
{
    Same,

    Bf16,

    Int8,

    /// <summary>Four bits, as QLoRA keeps them.</summary>
    Nf4,
}
