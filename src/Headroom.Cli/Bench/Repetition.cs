using System.Diagnostics;

namespace Headroom.Cli.Bench;

/// <summary>When to measure once more: until the interval is narrow or the time is spent, or as often as was asked for.</summary>
internal sealed record Repetition
{
    /// <summary>Exactly as often; null for as often as it takes.</summary>
    public int? Rounds { get; init; }

    /// <summary>Seconds that may be spent on what is measured together.</summary>
    public double Seconds { get; init; } = 60;

    /// <summary>The interval that is narrow enough, from end to end, as a part of the median.</summary>
    public double Width { get; init; } = 0.03;

    /// <summary>Calls until it is enough; a round that would not end in time, by those before, isn't begun.</summary>
    /// <param name="round">Measures once.</param>
    /// <param name="width">The widest interval that counts, after each round.</param>
    /// <returns>How many rounds there were.</returns>
    public async Task<int> RunAsync(Func<Task> round, Func<double> width)
    {
        long start = Stopwatch.GetTimestamp();
        for (int done = 1; ; done++)
        {
            await round();
            if (Rounds is int asked)
            {
                if (done >= asked) return done;
                continue;
            }
            double spent = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (width() <= Width || spent + (spent / done) > Seconds) return done;
        }
    }
}
