using Headroom.Evidence;
using Headroom.Statistics;

namespace Headroom.Evaluation.Drawing;

/// <summary>The fraction of drawn pictures that lie nearer to a training picture than all but one in a hundred real pictures do: about 0.01 where nothing is copied.</summary>
/// <remarks>After Carlini et al., arXiv:2301.13188, and Meehan, Chaudhuri and Dasgupta, arXiv:2004.05675: what is drawn should be no nearer to what was trained on than what was held back.</remarks>
public sealed class CopyShare : IMeasure<DrawnScores>
{
    private const double Rarest = 0.01;

    public string Name => "copy_share";

    public Measurement? Of(DrawnScores scores, MeasureSettings settings)
    {
        if (scores.NearestReal.Length < 1 / Rarest) return null;
        double[] real = scores.NearestReal.ToArray();
        Array.Sort(real);
        double bound = real[(int)(Rarest * real.Length)];
        int near = 0;
        foreach (double distance in scores.Nearest.Span) if (distance < bound) near++;
        return new Measurement(Name, (double)near / scores.Nearest.Length, "fraction", WilsonInterval.Of(near, scores.Nearest.Length, settings.Confidence).ToInterval(),
            FormattableString.Invariant($"drawn pictures nearer to a training picture than {bound:G3} of a pixel's range (root mean square), which 1 % of {real.Length} test pictures are; {WilsonInterval.Method}"), scores.Nearest.Length);
    }
}
