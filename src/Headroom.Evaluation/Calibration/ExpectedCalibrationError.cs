using Headroom.Evaluation.Classification;
using Headroom.Evidence;
using Headroom.Evidence.Randomness;
using Headroom.Statistics;

namespace Headroom.Evaluation.Calibration;

/// <summary>How far confidence and accuracy lie apart: Σ over bins of (rows of the bin / rows) · |accuracy - mean confidence|, on the predicted class's probability.</summary>
/// <remarks>
/// Guo et al., ICML 2017, arXiv:1706.04599, eq. 3, with the bins of <see cref="ReliabilityDiagram"/>. Chance alone makes the estimate too high (a perfectly calibrated
/// model has an ECE above 0 in any sample), and the bootstrap's resamples are higher still, so plain percentiles miss the truth. Here, with S the signed gaps:
/// the lower end is the estimate minus the 97.5 % quantile of Σ|S* - S|, which bounds the error by the triangle inequality and reaches 0 where 0 is possible;
/// the upper end adds how far the lowest 2.5 % of resamples lie below their mean: the estimate errs upwards on average, so no more is needed.
/// </remarks>
public sealed class ExpectedCalibrationError : IMeasure<ClassificationScores>
{
    public const int DefaultBins = 15;

    public string Name => "ece";

    /// <summary>Bins of equal width on [0, 1].</summary>
    public int Bins { get; init; } = DefaultBins;

    public Measurement Of(ClassificationScores scores, MeasureSettings settings)
    {
        int rows = scores.Rows;
        int[] bin = new int[rows];
        double[] gap = new double[rows];
        for (int row = 0; row < rows; row++)
        {
            bin[row] = ReliabilityDiagram.BinOf(scores.Confidence[row], Bins);
            gap[row] = (scores.Predicted[row] == scores.Labels[row] ? 1 : 0) - scores.Confidence[row];
        }
        double[] signed = new double[Bins];
        for (int row = 0; row < rows; row++) signed[bin[row]] += gap[row];
        double value = signed.Sum(Math.Abs) / rows;
        return new Measurement(Name, value, "fraction", rows < 2 ? null : Ends(bin, gap, signed, value, settings),
            $"top-label, {Bins} equal-width bins [k/{Bins}, (k+1)/{Bins}) with 1 in the last, weighted L1; one-sided ends from the deviations of a bootstrap over rows, {settings.ResamplesFor(rows)} resamples, seed {settings.Seed}",
            rows);
    }

    private Interval Ends(int[] bin, double[] gap, double[] signed, double value, MeasureSettings settings)
    {
        int rows = bin.Length, resamples = settings.ResamplesFor(rows);
        double[] errors = new double[resamples], deviations = new double[resamples], drawn = new double[Bins];
        uint[] words = new uint[rows];
        for (int b = 0; b < resamples; b++)
        {
            new Philox((ulong)settings.Seed, (ulong)b).FillUInt32(words);
            Array.Clear(drawn);
            foreach (uint word in words)
            {
                // A word's high part by multiplication: rows are far fewer than 2³², so the bias is far below what 1000 resamples see.
                int row = (int)(((ulong)word * (uint)rows) >> 32);
                drawn[bin[row]] += gap[row];
            }
            for (int k = 0; k < Bins; k++)
            {
                errors[b] += Math.Abs(drawn[k]) / rows;
                deviations[b] += Math.Abs(drawn[k] - signed[k]) / rows;
            }
        }
        double tail = 0.5 + (settings.Confidence / 2);
        double low = value - Quantiles.Of(deviations, tail), high = value + (Descriptive.Mean(errors) - Quantiles.Of(errors, 1 - tail));
        return new Interval(Math.Max(0, low), Math.Clamp(high, value, 1));
    }
}
