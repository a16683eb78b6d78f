namespace Headroom.Training.Schedules;

/// <summary>A straight line from the peak down.</summary>
public sealed record LinearSchedule : DecaySchedule
{
    public override string Name => "linear";

    protected override double Remaining(double progress) => 1 - progress;
}
