namespace Headroom.Evaluation.Baselines;

/// <summary>A number less its mean over the training rows, divided by its standard deviation there; and a second column that says whether it is missing.</summary>
public sealed class Standardized
{
    private readonly double mean, deviation;

    /// <summary>From the training rows; NaN stands for a missing value.</summary>
    public Standardized(IEnumerable<double> values)
    {
        double[] known = [.. values.Where(double.IsFinite)];
        if (known.Length == 0) return;
        mean = known.Average();
        deviation = Math.Sqrt(known.Average(x => (x - mean) * (x - mean)));
    }

    public static int Columns => 2;

    /// <summary>Adds the value to the row that is being written, from <paramref name="offset"/> on; a missing one counts as the mean.</summary>
    public void Add(double value, SparseRows rows, int offset)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (!double.IsFinite(value)) rows.Add(offset + 1, 1);
        else if (deviation > 0) rows.Add(offset, (float)Math.Clamp((value - mean) / deviation, -100, 100));
    }
}
