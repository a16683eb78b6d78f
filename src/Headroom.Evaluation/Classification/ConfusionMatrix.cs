namespace Headroom.Evaluation.Classification;

/// <summary>Rows by true class and predicted class.</summary>
public sealed class ConfusionMatrix
{
    private readonly long[] counts;

    private ConfusionMatrix(long[] counts, int classes) => (this.counts, Classes) = (counts, classes);

    public int Classes { get; }

    /// <summary>Rows of class <paramref name="truth"/> that were predicted as <paramref name="predicted"/>.</summary>
    public long this[int truth, int predicted] => counts[(truth * Classes) + predicted];

    public static ConfusionMatrix Of(ClassificationScores scores)
    {
        int classes = scores.Classes.Count;
        long[] counts = new long[classes * classes];
        for (int row = 0; row < scores.Rows; row++) counts[(scores.Labels[row] * classes) + scores.Predicted[row]]++;
        return new ConfusionMatrix(counts, classes);
    }

    /// <summary>Rows whose truth is the class.</summary>
    public long TrueRows(int @class)
    {
        long sum = 0;
        for (int c = 0; c < Classes; c++) sum += this[@class, c];
        return sum;
    }

    /// <summary>Rows predicted as the class.</summary>
    public long PredictedRows(int @class)
    {
        long sum = 0;
        for (int c = 0; c < Classes; c++) sum += this[c, @class];
        return sum;
    }

    /// <summary>The rows of the matrix, as the evaluation document holds them.</summary>
    public IReadOnlyList<IReadOnlyList<long>> ToRows() =>
        [.. Enumerable.Range(0, Classes).Select(t => (IReadOnlyList<long>)[.. counts.AsSpan(t * Classes, Classes)])];
}
