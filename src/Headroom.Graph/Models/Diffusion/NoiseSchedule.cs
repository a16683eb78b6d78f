using System.Collections.Immutable;

namespace Headroom.Graph.Models;

/// <summary>How much of a picture is left at each step of its dissolution: <c>x_t = √ᾱ_t · x + √(1 - ᾱ_t) · noise</c>.</summary>
/// <param name="Kept">ᾱ, from step 0 to the last, falling.</param>
public sealed record NoiseSchedule(ImmutableArray<double> Kept)
{
    private const double MostLost = 0.999;

    public int Steps => Kept.Length;

    /// <summary>What a step loses grows evenly from 1e-4 to 0.02 over a thousand steps, and to the same sum over other numbers of them.</summary>
    /// <remarks>Ho, Jain and Abbeel, arXiv:2006.11239, section 4.</remarks>
    public static NoiseSchedule Linear(int steps)
    {
        Check(steps);
        double scale = 1000.0 / steps, from = scale * 1e-4, to = scale * 0.02, kept = 1;
        return new NoiseSchedule([.. Enumerable.Range(0, steps).Select(t => kept *= 1 - Math.Min(steps == 1 ? to : from + (to - from) * t / (steps - 1), MostLost))]);
    }

    /// <summary>ᾱ falls as a squared cosine, so that little is lost at either end.</summary>
    /// <remarks>Nichol and Dhariwal, arXiv:2102.09672, eq. 17, with s = 0.008.</remarks>
    public static NoiseSchedule Cosine(int steps)
    {
        Check(steps);
        const double Offset = 0.008;
        double At(double t) => Math.Pow(Math.Cos((t / steps + Offset) / (1 + Offset) * Math.PI / 2), 2);
        double kept = 1;
        return new NoiseSchedule([.. Enumerable.Range(0, steps).Select(t => kept *= 1 - Math.Min(1 - At(t + 1) / At(t), MostLost))]);
    }

    /// <summary><paramref name="count"/> of the steps, evenly spaced, from the last down to the first.</summary>
    /// <exception cref="GraphException">There are fewer.</exception>
    public ImmutableArray<int> Spaced(int count)
    {
        if (count < 1 || count > Steps) throw new GraphException($"{count} sampling steps are asked for; there are 1 to {Steps}");
        return [.. Enumerable.Range(0, count).Select(i => count == 1 ? Steps - 1 : (int)Math.Round((Steps - 1) * (1 - (double)i / (count - 1))))];
    }

    /// <summary>The square roots of what is kept, or of what is lost, as a table by step.</summary>
    internal TensorData Roots(bool kept) => TensorData.Floats(new Shape(Steps), [.. Kept.Select(k => (float)Math.Sqrt(kept ? k : 1 - k))]);

    private static void Check(int steps)
    {
        if (steps is < 1 or > 100_000) throw new GraphException($"a schedule of {steps} steps is asked for; give 1 to 100,000, 1000 is usual");
    }
}
