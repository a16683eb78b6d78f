namespace Headroom.Audit.Labels;

/// <summary>How well each given label goes with out-of-sample probabilities: high is good.</summary>
/// <remarks>Northcutt, Jiang and Chuang, "Confident Learning" (arXiv:1911.00068); Kuan and Mueller, "Model-agnostic label quality scoring to detect real-world label errors", 2022. Probabilities are rows by classes, one row after the other.</remarks>
public static class LabelQuality
{
    // Below it, a probability is taken for it where it is divided by or its logarithm taken.
    private const double Least = 1e-6;

    /// <summary>The probability of the given label.</summary>
    /// <param name="labels">From 0.</param>
    /// <param name="probabilities">Rows by classes.</param>
    /// <param name="classes">How many.</param>
    public static double[] SelfConfidence(ReadOnlySpan<int> labels, ReadOnlySpan<double> probabilities, int classes)
    {
        Check(labels, probabilities, classes);
        var scores = new double[labels.Length];
        for (int i = 0; i < scores.Length; i++) scores[i] = probabilities[(i * classes) + labels[i]];
        return scores;
    }

    /// <summary>The given label's probability less the greatest of the others, brought to [0, 1].</summary>
    /// <param name="labels">From 0.</param>
    /// <param name="probabilities">Rows by classes.</param>
    /// <param name="classes">How many.</param>
    public static double[] NormalisedMargin(ReadOnlySpan<int> labels, ReadOnlySpan<double> probabilities, int classes)
    {
        Check(labels, probabilities, classes);
        var scores = new double[labels.Length];
        for (int i = 0; i < scores.Length; i++)
        {
            ReadOnlySpan<double> row = probabilities.Slice(i * classes, classes);
            double other = double.NegativeInfinity;
            for (int c = 0; c < classes; c++) if (c != labels[i] && row[c] > other) other = row[c];
            scores[i] = (row[labels[i]] - other + 1) / 2;
        }
        return scores;
    }

    /// <summary>
    /// The margin of probabilities of which each class's own confident mean was taken away: a class that the model is never sure of isn't doubted for it. The best ranking of the four on real rows with planted errors.
    /// </summary>
    /// <param name="labels">From 0.</param>
    /// <param name="probabilities">Rows by classes.</param>
    /// <param name="classes">How many.</param>
    /// <returns>Not bounded; low is doubtful.</returns>
    public static double[] AdjustedMargin(ReadOnlySpan<int> labels, ReadOnlySpan<double> probabilities, int classes)
    {
        Check(labels, probabilities, classes);
        var sums = new double[classes];
        var counts = new int[classes];
        for (int i = 0; i < labels.Length; i++)
        {
            sums[labels[i]] += probabilities[(i * classes) + labels[i]];
            counts[labels[i]]++;
        }
        double[] means = [.. sums.Select((s, c) => counts[c] == 0 ? 0 : s / counts[c])];
        var scores = new double[labels.Length];
        for (int i = 0; i < scores.Length; i++)
        {
            double other = double.NegativeInfinity;
            for (int c = 0; c < classes; c++) if (c != labels[i]) other = Math.Max(other, probabilities[(i * classes) + c] - means[c]);
            scores[i] = probabilities[(i * classes) + labels[i]] - means[labels[i]] - other;
        }
        return scores;
    }

    /// <summary>The entropy of the probabilities over the given label's, brought to (0, 1]: an unsure model says less against a label.</summary>
    /// <param name="labels">From 0.</param>
    /// <param name="probabilities">Rows by classes.</param>
    /// <param name="classes">How many.</param>
    public static double[] ConfidenceWeightedEntropy(ReadOnlySpan<int> labels, ReadOnlySpan<double> probabilities, int classes)
    {
        Check(labels, probabilities, classes);
        var scores = new double[labels.Length];
        double most = Math.Log(classes);
        for (int i = 0; i < scores.Length; i++)
        {
            ReadOnlySpan<double> row = probabilities.Slice(i * classes, classes);
            double entropy = 0;
            foreach (double p in row) if (p > 0) entropy -= p * Math.Log(p);
            double weighted = entropy / most / Math.Max(row[labels[i]], Least);
            scores[i] = Math.Log(weighted + 1) / Math.Max(weighted, Least);
        }
        return scores;
    }

    internal static void Check(ReadOnlySpan<int> labels, ReadOnlySpan<double> probabilities, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        if (probabilities.Length != (long)labels.Length * classes) throw new ArgumentException($"{labels.Length} labels of {classes} classes need {(long)labels.Length * classes} probabilities, not {probabilities.Length}", nameof(probabilities));
        for (int i = 0; i < labels.Length; i++)
            if ((uint)labels[i] >= (uint)classes) throw new ArgumentException($"row {i} has the label {labels[i]}, and there are {classes} classes", nameof(labels));
    }
}
