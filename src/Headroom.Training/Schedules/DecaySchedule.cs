namespace Headroom.Training.Schedules;

/// <summary>A rate that falls from the peak towards <see cref="Final"/> over the steps after the warm-up, and stays there.</summary>
public abstract record DecaySchedule : LearningRateSchedule
{
    /// <summary>Steps of the whole run, the warm-up counted.</summary>
    public required long Steps { get; init; }

    /// <summary>The rate towards which it falls, as a part of the peak, 0 to 1. The step behind the last one would have it.</summary>
    public double Final { get; init; }

    protected sealed override double AfterWarmUp(long step)
    {
        double progress = Math.Min(1, step / (double)Math.Max(1, Steps - WarmUpSteps));
        return Peak * (Final + ((1 - Final) * Remaining(progress)));
    }

    /// <summary>1 at progress 0, 0 at progress 1.</summary>
    protected abstract double Remaining(double progress);

    internal sealed override string? Fault()
    {
        if (base.Fault() is string fault) return fault;
        if (Steps < 1) return $"the schedule has {Steps} steps; it needs one at least";
        if (WarmUpSteps > Steps) return $"the warm-up has {WarmUpSteps} steps, the whole schedule only {Steps}";
        return Final is >= 0 and <= 1 ? null : $"the final rate is {Final} of the peak; it must lie in [0, 1]";
    }
}
