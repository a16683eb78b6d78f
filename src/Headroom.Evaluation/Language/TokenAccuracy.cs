using Headroom.Evidence;

namespace Headroom.Evaluation.Language;

/// <summary>The fraction of tokens that were the most probable one.</summary>
public sealed class TokenAccuracy : IMeasure<LanguageScores>
{
    public string Name => "token_accuracy";

    public Measurement Of(LanguageScores scores, MeasureSettings settings)
    {
        double[] correct = new double[scores.Windows];
        for (int w = 0; w < correct.Length; w++) correct[w] = scores.Correct[w];
        return LossPerToken.RatioOfWindows(Name, "fraction", "top-1 of the next token", scores, correct, settings);
    }
}
