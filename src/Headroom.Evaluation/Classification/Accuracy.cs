using Headroom.Evidence;
using Headroom.Statistics;

namespace Headroom.Evaluation.Classification;

/// <summary>The fraction of rows whose most probable class is the true one.</summary>
public sealed class Accuracy : IMeasure<ClassificationScores>
{
    public string Name => "accuracy";

    public Measurement Of(ClassificationScores scores, MeasureSettings settings) => new(Name, (double)scores.Correct / scores.Rows, "fraction",
        WilsonInterval.Of(scores.Correct, scores.Rows, settings.Confidence).ToInterval(),
        $"top-1, of equal scores the first class; {WilsonInterval.Method}", scores.Rows);
}
