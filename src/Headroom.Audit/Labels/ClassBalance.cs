namespace Headroom.Audit.Labels;

/// <summary>How evenly rows lie over classes.</summary>
/// <param name="Counts">Rows of each class.</param>
public sealed record ClassBalance(IReadOnlyList<int> Counts)
{
    private const double RareShare = 0.1;

    private double Rows => Counts.Sum(c => (double)c);

    /// <summary>Rows of the largest class over those of the smallest; infinite where one has none.</summary>
    public double Ratio => (double)Counts.Max() / Counts.Min();

    /// <summary>Entropy of the shares over that of even ones: 1 where all classes have as many rows.</summary>
    public double NormalisedEntropy => Counts.Count < 2 ? 1 : -Counts.Where(c => c > 0).Sum(c => c / Rows * Math.Log(c / Rows)) / Math.Log(Counts.Count);

    /// <summary>The probability that two rows drawn at random are of different classes (Gini's impurity).</summary>
    public double Gini => 1 - Counts.Sum(c => c / Rows * (c / Rows));

    /// <summary>The class of the fewest rows; the first of several.</summary>
    public int Rarest => Enumerable.Range(0, Counts.Count).MinBy(c => Counts[c]);

    /// <summary>Whether the rarest class has less than a tenth of an even share.</summary>
    public bool IsImbalanced => Counts.Min() / Rows < RareShare / Counts.Count;

    /// <summary>Counts labels.</summary>
    /// <param name="labels">From 0.</param>
    /// <param name="classes">How many.</param>
    public static ClassBalance Of(ReadOnlySpan<int> labels, int classes)
    {
        var counts = new int[classes];
        foreach (int label in labels) counts[label]++;
        return new(counts);
    }
}
