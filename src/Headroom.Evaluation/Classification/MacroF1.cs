using Headroom.Evidence;
using Headroom.Statistics;

namespace Headroom.Evaluation.Classification;

/// <summary>The mean of the classes' F1, 2TP / (2TP + FP + FN). A class that is neither true nor predicted anywhere is left out; one that is never hit counts as 0.</summary>
/// <remarks>The mean of F1s, not the F1 of mean precision and recall (Opitz and Burst, arXiv:1911.03347).</remarks>
public sealed class MacroF1 : IMeasure<ClassificationScores>
{
    public string Name => "macro_f1";

    public Measurement Of(ClassificationScores scores, MeasureSettings settings)
    {
        int classes = scores.Classes.Count, rows = scores.Rows;
        int[] labels = scores.Labels.ToArray(), predicted = scores.Predicted.ToArray();
        // 2TP, and TP + FP + TP + FN: all that a resample needs.
        long[] hits = new long[classes], seen = new long[classes];
        double value = F1(null);
        Interval? interval = rows < 2 ? null
            : Bootstrap.OfWeights(rows, weights => F1(weights), settings.Confidence, settings.ResamplesFor(rows), settings.Seed).ToInterval();
        int absent = classes - labels.Concat(predicted).Distinct().Count();
        string missing = absent == 0 ? "" : $", {absent} neither true nor predicted left out";
        return new Measurement(Name, value, "fraction", interval, $"mean F1 of {classes - absent} classes{missing}; {settings.BootstrapMethod(rows)}", rows);

        double F1(ReadOnlySpan<int> weights)
        {
            Array.Clear(hits);
            Array.Clear(seen);
            for (int row = 0; row < labels.Length; row++)
            {
                int weight = weights.IsEmpty ? 1 : weights[row], truth = labels[row], said = predicted[row];
                seen[truth] += weight;
                seen[said] += weight;
                if (truth == said) hits[truth] += 2 * weight;
            }
            double sum = 0;
            int counted = 0;
            for (int c = 0; c < seen.Length; c++)
            {
                if (seen[c] == 0) continue;
                sum += (double)hits[c] / seen[c];
                counted++;
            }
            return sum / counted;
        }
    }
}
