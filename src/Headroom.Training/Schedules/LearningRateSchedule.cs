namespace Headroom.Training.Schedules;

/// <summary>The learning rate of each step: a pure function of the step's number, so a resumed run goes on where it was.</summary>
public abstract record LearningRateSchedule
{
    /// <summary>The name in documents: <c>cosine</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The highest rate, reached at the end of the warm-up.</summary>
    public double Peak { get; init; } = 1e-3;

    /// <summary>Steps over which the rate rises in a straight line to the peak; the first of them takes Peak / WarmUpSteps, the last the peak itself. 0 for none.</summary>
    public long WarmUpSteps { get; init; }

    /// <summary>The rate of a step, 1 for the first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    public double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        return step <= WarmUpSteps ? Peak * step / WarmUpSteps : AfterWarmUp(step - WarmUpSteps - 1);
    }

    /// <summary>The rate after the warm-up; <paramref name="step"/> is 0 for the first step behind it.</summary>
    protected abstract double AfterWarmUp(long step);

    /// <summary>What is wrong with the schedule's own numbers, null for nothing.</summary>
    internal virtual string? Fault()
    {
        if (!double.IsFinite(Peak) || Peak <= 0) return $"the peak learning rate is {Peak}; it must be above 0";
        return WarmUpSteps < 0 ? $"the warm-up has {WarmUpSteps} steps; it can't be negative" : null;
    }
}
