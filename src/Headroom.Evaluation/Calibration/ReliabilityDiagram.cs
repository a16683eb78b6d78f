using Headroom.Evidence.Documents;

namespace Headroom.Evaluation.Calibration;

/// <summary>Confidence against accuracy in bins of equal width on [0, 1].</summary>
/// <remarks>Bin k holds k/n &lt;= confidence &lt; (k + 1)/n; the last one also holds a confidence of exactly 1.</remarks>
public static class ReliabilityDiagram
{
    /// <summary>The bin of a confidence.</summary>
    public static int BinOf(double confidence, int bins) => Math.Clamp((int)(confidence * bins), 0, bins - 1);

    /// <summary>All bins, the empty ones too, whose confidence and accuracy are null.</summary>
    /// <param name="confidence"><c>[rows]</c>, in [0, 1].</param>
    /// <param name="correct"><c>[rows]</c>, whether what was predicted with it came true.</param>
    /// <param name="bins">At least one.</param>
    public static IReadOnlyList<ReliabilityBin> Of(ReadOnlySpan<double> confidence, ReadOnlySpan<bool> correct, int bins = ExpectedCalibrationError.DefaultBins)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(correct.Length, confidence.Length);
        long[] rows = new long[bins], hits = new long[bins];
        double[] sums = new double[bins];
        for (int row = 0; row < confidence.Length; row++)
        {
            if (!(confidence[row] is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(confidence), confidence[row], $"The confidence of row {row} is not in [0, 1].");
            int bin = BinOf(confidence[row], bins);
            rows[bin]++;
            sums[bin] += confidence[row];
            if (correct[row]) hits[bin]++;
        }
        ReliabilityBin[] result = new ReliabilityBin[bins];
        for (int b = 0; b < bins; b++)
        {
            result[b] = rows[b] == 0 ? new ReliabilityBin((double)b / bins, (b + 1.0) / bins, 0, null, null)
                : new ReliabilityBin((double)b / bins, (b + 1.0) / bins, rows[b], sums[b] / rows[b], (double)hits[b] / rows[b]);
        }
        return result;
    }
}
