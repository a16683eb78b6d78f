using Headroom.Evidence;

namespace Headroom.Evaluation.Drawing;

/// <summary>How different drawn pictures of one class are from each other, over how different real ones are: near 0 where a class is always drawn alike.</summary>
public sealed class Diversity : IMeasure<DrawnScores>
{
    public string Name => "diversity";

    public Measurement? Of(DrawnScores scores, MeasureSettings settings)
        => scores.Deviations.IsEmpty ? null : MeanOfRows.Measure(Name, scores.Deviations.Span, "ratio", "deviation of a class's drawn pictures over that of its test pictures, mean over classes", settings);
}
