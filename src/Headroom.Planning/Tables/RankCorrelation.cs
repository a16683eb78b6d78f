namespace Headroom.Planning.Tables;

/// <summary>Spearman's rank correlation: 1 where two orders agree.</summary>
public static class RankCorrelation
{
    /// <summary>Pearson's correlation of the ranks; equal values share the mean of theirs.</summary>
    /// <param name="first">Values.</param>
    /// <param name="second">As many, in the same order of cases.</param>
    /// <returns>From -1 to 1; null of fewer than two cases, or where one side has only one value.</returns>
    public static double? Of(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.Length != second.Length) throw new ArgumentException($"{first.Length} values beside {second.Length}", nameof(second));
        if (first.Length < 2) return null;
        double[] a = Ranks(first), b = Ranks(second);
        double mean = (a.Length + 1) / 2.0, product = 0, squareA = 0, squareB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            product += (a[i] - mean) * (b[i] - mean);
            squareA += (a[i] - mean) * (a[i] - mean);
            squareB += (b[i] - mean) * (b[i] - mean);
        }
        return squareA > 0 && squareB > 0 ? product / Math.Sqrt(squareA * squareB) : null;
    }

    private static double[] Ranks(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray();
        int[] order = [.. Enumerable.Range(0, sorted.Length)];
        Array.Sort(sorted, order);
        var ranks = new double[sorted.Length];
        for (int start = 0; start < sorted.Length;)
        {
            int end = start + 1;
            while (end < sorted.Length && sorted[end].Equals(sorted[start])) end++;
            for (int i = start; i < end; i++) ranks[order[i]] = (start + end + 1) / 2.0;
            start = end;
        }
        return ranks;
    }
}
