namespace Headroom.Planning.Economics;

/// <summary>What interruptions make of a long run that saves checkpoints.</summary>
/// <param name="Interruptions">An hour and node, on average; arrivals are taken to be independent.</param>
/// <param name="Checkpoint">Seconds that saving one takes, in which nothing is trained.</param>
/// <param name="Restart">Seconds from an interruption to the first new step: another node, start, reading back.</param>
/// <remarks>Daly, "A higher order estimate of the optimum checkpoint interval for restart dumps", Future Generation Computer Systems 22 (2006): the time with exponential interruptions (his eq. 13) and the interval that makes it shortest (eq. 37).</remarks>
public sealed record SpotMarket(double Interruptions, double Checkpoint, double Restart)
{
    /// <summary>Seconds of training between two checkpoints.</summary>
    /// <param name="nodes">One interruption stops all of them.</param>
    /// <returns>Infinite where nothing interrupts.</returns>
    public double Interval(int nodes)
    {
        double mean = MeanTime(nodes);
        if (double.IsPositiveInfinity(mean)) return mean;
        if (Checkpoint >= 2 * mean) return mean;
        double share = Checkpoint / (2 * mean);
        return Math.Sqrt(2 * Checkpoint * mean) * (1 + (Math.Sqrt(share) / 3) + (share / 9)) - Checkpoint;
    }

    /// <summary>Seconds on the clock a second of training, at the best interval: 1 where nothing interrupts; never below it.</summary>
    /// <param name="nodes">One interruption stops all of them.</param>
    /// <param name="training">Seconds of training; a run shorter than the interval saves once.</param>
    public double Stretch(int nodes, double training)
    {
        double mean = MeanTime(nodes);
        if (double.IsPositiveInfinity(mean) || training <= 0) return 1;
        double interval = Math.Min(Math.Max(Interval(nodes), Checkpoint > 0 ? 0 : mean * 1e-6), training);
        return mean * Math.Exp(Restart / mean) * (Math.Exp((interval + Checkpoint) / mean) - 1) / interval;
    }

    private double MeanTime(int nodes) => 3600 / (Interruptions * nodes);
}
