namespace Headroom.Training.Schedules;

/// <summary>The peak for every step after the warm-up.</summary>
public sealed record ConstantSchedule : LearningRateSchedule
{
    public override string Name => "constant";

    protected override double AfterWarmUp(long step) => Peak;
}
