using Headroom.Evidence;
using Headroom.Statistics;

namespace Headroom.Evaluation.Language;

/// <summary>Σ loss / Σ tokens, in nats.</summary>
public sealed class LossPerToken : IMeasure<LanguageScores>
{
    public string Name => "loss_per_token";

    public Measurement Of(LanguageScores scores, MeasureSettings settings) => RatioOfWindows(Name, "nats", "mean of -ln p(next token)", scores, scores.Loss, settings);

    /// <summary>Σ values / Σ tokens with the bootstrap over windows; none for a single window.</summary>
    internal static Measurement RatioOfWindows(string name, string unit, string definition, LanguageScores scores, ReadOnlySpan<double> values, MeasureSettings settings)
    {
        int windows = scores.Windows, resamples = settings.ResamplesFor(windows);
        double[] kept = values.ToArray();
        int[] tokens = scores.Tokens.ToArray(), ones = new int[windows];
        Array.Fill(ones, 1);
        Interval? interval = windows < 2 ? null : Bootstrap.OfWeights(windows, Ratio, settings.Confidence, resamples, settings.Seed).ToInterval();
        string method = $"{definition} over {tokens.Sum(t => (long)t)} tokens of {windows} windows; {Bootstrap.Method(BootstrapKind.BiasCorrectedAccelerated, resamples, settings.Seed).Replace("over rows", "over windows", StringComparison.Ordinal)}";
        return new Measurement(name, Ratio(ones), unit, interval, method, windows);

        double Ratio(ReadOnlySpan<int> weights)
        {
            double sum = 0;
            long count = 0;
            for (int w = 0; w < weights.Length; w++)
            {
                sum += weights[w] * kept[w];
                count += (long)weights[w] * tokens[w];
            }
            return sum / count;
        }
    }
}
