using Headroom.Evidence;

namespace Headroom.Evaluation.Language;

/// <summary>e to the loss per token: among how many equally likely tokens the model hesitates. Its interval is the loss's, raised likewise.</summary>
/// <remarks>It depends on the tokenizer: compare only models that share one.</remarks>
public sealed class Perplexity : IMeasure<LanguageScores>
{
    public string Name => "perplexity";

    public Measurement? Of(LanguageScores scores, MeasureSettings settings)
    {
        Measurement loss = new LossPerToken().Of(scores, settings);
        // A loss of 709 nats is no model; its perplexity is no number either.
        if (!double.IsFinite(Math.Exp(loss.Interval?.High ?? loss.Value))) return null;
        return loss with
        {
            Name = Name,
            Unit = "tokens",
            Value = Math.Exp(loss.Value),
            Interval = loss.Interval is Interval i ? new Interval(Math.Exp(i.Low), Math.Exp(i.High)) : null,
            Method = "exp of the " + loss.Method,
        };
    }
}
