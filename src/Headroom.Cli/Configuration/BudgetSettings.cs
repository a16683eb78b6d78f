using Headroom.Evidence;
using Headroom.Evidence.Quantities;

namespace Headroom.Cli.Configuration;

/// <summary>What a run may take. The plan keeps to it, or says what would fit.</summary>
internal sealed record BudgetSettings : ICheckedSettings
{
    /// <summary>Memory beyond the process's own with libtorch loaded (about 145 MB), such as 600MiB.</summary>
    public Bytes? Memory { get; init; }

    /// <summary>Wall time of training, in minutes; the schedule is cut to what fits.</summary>
    public double? Minutes { get; init; }

    public void Check()
    {
        if (Memory is null && Minutes is null) throw new InputException("train.budget", "it says neither memory nor minutes", "Give one, such as memory: 600MiB.");
        if (Memory is Bytes { Value: <= 0 }) throw new InputException("train.budget.memory", "no run fits into nothing", "Give a size such as 600MiB.");
        Ranges.Positive("train.budget.minutes", Minutes);
    }
}
