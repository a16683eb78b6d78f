namespace Headroom.Training.Schedules;

/// <summary>Half a cosine from the peak down.</summary>
/// <remarks>Loshchilov and Hutter, arXiv:1608.03983, equation 5, without restarts.</remarks>
public sealed record CosineSchedule : DecaySchedule
{
    public override string Name => "cosine";

    protected override double Remaining(double progress) => (1 + Math.Cos(Math.PI * progress)) / 2;
}
