using Headroom.Evidence;
using Headroom.Statistics;

namespace Headroom.Evaluation.Drawing;

/// <summary>The fraction of drawn pictures that a classifier takes for the class that was asked for.</summary>
/// <remarks>Ravuri and Vinyals, arXiv:1905.10887, turned round: a classifier of real pictures judges drawn ones.</remarks>
public sealed class SampleAccuracy : IMeasure<DrawnScores>
{
    public string Name => "sample_accuracy";

    public Measurement? Of(DrawnScores scores, MeasureSettings settings)
    {
        if (scores.Seen is not ReadOnlyMemory<int> seen) return null;
        int right = 0;
        for (int i = 0; i < seen.Length; i++) if (seen.Span[i] == scores.Asked.Span[i]) right++;
        return new Measurement(Name, (double)right / seen.Length, "fraction", WilsonInterval.Of(right, seen.Length, settings.Confidence).ToInterval(), $"drawn pictures that {scores.Classifier} takes for the class asked for; {WilsonInterval.Method}", seen.Length);
    }
}
