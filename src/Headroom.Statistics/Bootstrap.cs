using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace Headroom.Statistics;

/// <summary>A statistic of a resample, given as the indices of its rows: as many as there are rows, some more than once.</summary>
public delegate double RowStatistic(ReadOnlySpan<int> rows);

/// <summary>A statistic of a resample, given as how often each row occurs in it: <c>weights[row]</c>.</summary>
public delegate double WeightStatistic(ReadOnlySpan<int> weights);

/// <summary>How the resamples' statistics become an interval.</summary>
public enum BootstrapKind
{
    /// <summary>Their quantiles (Efron 1979): simple, a little narrow for few rows.</summary>
    Percentile,

    /// <summary>Quantiles corrected for bias and for a spread that changes with the value (Efron, JASA 82, 1987).</summary>
    BiasCorrectedAccelerated,
}

/// <summary>Intervals by resampling rows with replacement; the same seed gives the same interval, whatever runs beside it.</summary>
/// <remarks>Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 13 and 14. The generator is xoshiro256**.
/// The acceleration comes from a jackknife; from <see cref="JackknifeGroups"/> rows on, from one that leaves out a group of neighbouring rows at a time.
/// A resample whose statistic is NaN (a class that is missing from it) is left out; when the half of them is NaN, so is the interval.</remarks>
public static class Bootstrap
{
    public const int DefaultResamples = 2000;

    /// <summary>The most parts that the jackknife leaves out in turn.</summary>
    public const int JackknifeGroups = 200;

    /// <summary>The method in words, for a measurement: <c>BCa bootstrap over rows, 2000 resamples, seed 17</c>.</summary>
    public static string Method(BootstrapKind kind, int resamples, int seed) =>
        FormattableString.Invariant($"{(kind == BootstrapKind.Percentile ? "percentile" : "BCa")} bootstrap over rows, {resamples} resamples, seed {seed}");

    /// <summary>The interval of a statistic of row indices.</summary>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="statistic">Must not keep the span.</param>
    /// <param name="confidence">Between 0 and 1.</param>
    /// <param name="resamples">At least 20; 2000 for the ends of a 95 % interval.</param>
    /// <param name="seed">Any.</param>
    /// <param name="kind">How the interval is made.</param>
    public static (double Low, double High) OfRows(int rows, RowStatistic statistic, double confidence = 0.95, int resamples = DefaultResamples, int seed = 17,
        BootstrapKind kind = BootstrapKind.BiasCorrectedAccelerated)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        Check(rows, resamples);
        Xoshiro256StarStar random = new(seed, threadSafe: false);
        int[] drawn = new int[rows];
        double[] results = new double[resamples];
        for (int b = 0; b < resamples; b++)
        {
            random.NextInt32s(drawn, 0, rows);
            results[b] = statistic(drawn);
        }
        if (kind == BootstrapKind.Percentile) return Percentile(results, confidence);
        int[] all = new int[rows];
        for (int i = 0; i < rows; i++) all[i] = i;
        return Corrected(results, statistic(all), Jackknife(rows, (from, to) =>
        {
            int[] kept = [.. all.AsSpan(0, from), .. all.AsSpan(to)];
            return statistic(kept);
        }), confidence);
    }

    /// <summary>The interval of a statistic of row weights: for statistics that sum over rows, and need no row twice.</summary>
    public static (double Low, double High) OfWeights(int rows, WeightStatistic statistic, double confidence = 0.95, int resamples = DefaultResamples, int seed = 17,
        BootstrapKind kind = BootstrapKind.BiasCorrectedAccelerated)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        Check(rows, resamples);
        Xoshiro256StarStar random = new(seed, threadSafe: false);
        int[] drawn = new int[rows], weights = new int[rows];
        double[] results = new double[resamples];
        for (int b = 0; b < resamples; b++)
        {
            random.NextInt32s(drawn, 0, rows);
            Array.Clear(weights);
            foreach (int row in drawn) weights[row]++;
            results[b] = statistic(weights);
        }
        if (kind == BootstrapKind.Percentile) return Percentile(results, confidence);
        Array.Fill(weights, 1);
        double whole = statistic(weights);
        return Corrected(results, whole, Jackknife(rows, (from, to) =>
        {
            Array.Fill(weights, 1);
            Array.Clear(weights, from, to - from);
            return statistic(weights);
        }), confidence);
    }

    /// <summary>The interval of a mean; no callback per resample, and the jackknife in closed form.</summary>
    public static (double Low, double High) OfMean(ReadOnlySpan<double> values, double confidence = 0.95, int resamples = DefaultResamples, int seed = 17,
        BootstrapKind kind = BootstrapKind.BiasCorrectedAccelerated)
    {
        int rows = values.Length;
        Check(rows, resamples);
        double mean = Descriptive.Mean(values);
        Xoshiro256StarStar random = new(seed, threadSafe: false);
        int[] drawn = new int[rows];
        double[] results = new double[resamples];
        for (int b = 0; b < resamples; b++)
        {
            random.NextInt32s(drawn, 0, rows);
            double sum = 0;
            // Around the mean, a plain sum is exact enough.
            foreach (int row in drawn) sum += values[row] - mean;
            results[b] = mean + (sum / rows);
        }
        if (kind == BootstrapKind.Percentile) return Percentile(results, confidence);
        double squares = 0, cubes = 0;
        foreach (double x in values)
        {
            squares += (x - mean) * (x - mean);
            cubes += (x - mean) * (x - mean) * (x - mean);
        }
        return Corrected(results, mean, squares > 0 ? cubes / (6 * Math.Pow(squares, 1.5)) : 0, confidence);
    }

    private static (double Low, double High) Percentile(double[] results, double confidence)
    {
        double[] sorted = Sorted(results);
        double tail = Confidence.UpperTail(confidence);
        return sorted.Length == 0 ? (double.NaN, double.NaN) : (Quantiles.OfSorted(sorted, 1 - tail), Quantiles.OfSorted(sorted, tail));
    }

    private static (double Low, double High) Corrected(double[] results, double estimate, double acceleration, double confidence)
    {
        double[] sorted = Sorted(results);
        if (sorted.Length == 0 || double.IsNaN(estimate)) return (double.NaN, double.NaN);
        int below = 0, equal = 0;
        foreach (double x in sorted)
        {
            if (x < estimate) below++;
            else if (x == estimate) equal++;
        }
        // Of ties, as a statistic of few rows has them, the half lies below.
        double fraction = (below + (0.5 * equal)) / sorted.Length;
        double least = 0.5 / sorted.Length;
        double bias = Normal.InvCDF(0, 1, Math.Clamp(fraction, least, 1 - least));
        double z = Confidence.Z(confidence);
        return (End(-z), End(z));

        double End(double at)
        {
            double shifted = bias + at, spread = 1 - (acceleration * shifted);
            // A spread of 0 or less means that the end lies beyond all resamples.
            double probability = spread > 0 ? Normal.CDF(0, 1, bias + (shifted / spread)) : shifted > 0 ? 1 : 0;
            return Quantiles.OfSorted(sorted, Math.Clamp(probability, 0, 1));
        }
    }

    /// <summary>Σ d³ / (6 (Σ d²)^1.5) over d, the mean of the values with a part left out minus each of them.</summary>
    private static double Jackknife(int rows, Func<int, int, double> without)
    {
        int groups = Math.Min(rows, JackknifeGroups);
        if (groups < 2) return 0;
        double[] values = new double[groups];
        for (int g = 0; g < groups; g++) values[g] = without((int)((long)g * rows / groups), (int)((long)(g + 1) * rows / groups));
        double[] known = [.. values.Where(double.IsFinite)];
        if (known.Length < 2) return 0;
        double mean = Descriptive.Mean(known), squares = 0, cubes = 0;
        foreach (double x in known)
        {
            squares += (mean - x) * (mean - x);
            cubes += (mean - x) * (mean - x) * (mean - x);
        }
        return squares > 0 ? cubes / (6 * Math.Pow(squares, 1.5)) : 0;
    }

    /// <summary>What is a number, ascending; empty when less than half is.</summary>
    private static double[] Sorted(double[] results)
    {
        double[] numbers = [.. results.Where(x => !double.IsNaN(x))];
        if (numbers.Length * 2 <= results.Length) return [];
        Array.Sort(numbers);
        return numbers;
    }

    private static void Check(int rows, int resamples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 20);
    }
}
