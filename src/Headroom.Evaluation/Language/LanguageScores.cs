using Headroom.Evidence;

namespace Headroom.Evaluation.Language;

/// <summary>A language model's loss on windows of text that don't overlap, or on documents; tokens of one window hang together, so windows are what is resampled.</summary>
public sealed class LanguageScores
{
    private readonly double[] loss;
    private readonly int[] tokens, correct;

    private LanguageScores(double[] loss, int[] tokens, int[] correct) => (this.loss, this.tokens, this.correct) = (loss, tokens, correct);

    public int Windows => tokens.Length;

    /// <summary>The summed loss of each window's tokens, in nats, <c>[windows]</c>.</summary>
    public ReadOnlySpan<double> Loss => loss;

    /// <summary>The predicted tokens of each window, <c>[windows]</c>.</summary>
    public ReadOnlySpan<int> Tokens => tokens;

    /// <summary>How many of them were the most probable one, <c>[windows]</c>.</summary>
    public ReadOnlySpan<int> Correct => correct;

    /// <summary>From sums per window, each <c>[windows]</c>.</summary>
    /// <exception cref="InputException">A loss is not finite or negative, a window has no tokens, or there are no windows.</exception>
    public static LanguageScores Of(ReadOnlySpan<double> lossByWindow, ReadOnlySpan<int> tokensByWindow, ReadOnlySpan<int> correctByWindow, string source = "model output")
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tokensByWindow.Length, lossByWindow.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(correctByWindow.Length, lossByWindow.Length);
        if (lossByWindow.IsEmpty) throw new InputException(source, "there are no windows to evaluate.", "Give a test text that is longer than one window.");
        for (int w = 0; w < lossByWindow.Length; w++)
        {
            if (!(lossByWindow[w] >= 0) || double.IsInfinity(lossByWindow[w]))
            {
                throw new InputException($"{source}, window {w}", FormattableString.Invariant($"the loss is {lossByWindow[w]}."), "The model's weights are not finite: train it again with a lower learning rate.");
            }
            if (tokensByWindow[w] < 1 || correctByWindow[w] < 0 || correctByWindow[w] > tokensByWindow[w])
            {
                throw new InputException($"{source}, window {w}", $"{correctByWindow[w]} tokens of {tokensByWindow[w]} are right.", "Each window needs tokens to predict.");
            }
        }
        return new LanguageScores(lossByWindow.ToArray(), tokensByWindow.ToArray(), correctByWindow.ToArray());
    }

    /// <summary>From logits of windows of equal length.</summary>
    /// <param name="logits"><c>[windows, length, vocabulary]</c></param>
    /// <param name="targets">The tokens to predict, <c>[windows, length]</c>.</param>
    /// <param name="length">Tokens of a window.</param>
    /// <param name="vocabulary">Of the model.</param>
    /// <param name="source">Where the outputs come from, for messages.</param>
    /// <param name="ignored">The target of a place that predicts nothing, such as padding; null: every place counts.</param>
    /// <exception cref="InputException">A logit is NaN or +∞, or a token is outside the vocabulary.</exception>
    public static LanguageScores FromLogits(ReadOnlySpan<float> logits, ReadOnlySpan<int> targets, int length, int vocabulary, string source = "model output", int? ignored = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 2);
        if (targets.Length % length != 0 || logits.Length != (long)targets.Length * vocabulary)
        {
            throw new InputException(source, $"{logits.Length} logits for {targets.Length} tokens in windows of {length}, with a vocabulary of {vocabulary}.", "Evaluate the model with the tokenizer and length it was trained with.");
        }
        int windows = targets.Length / length;
        double[] loss = new double[windows];
        int[] tokens = new int[windows], correct = new int[windows];
        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i] == ignored) continue;
            string Where() => $"{source}, window {i / length}, token {i % length}";
            if ((uint)targets[i] >= (uint)vocabulary) throw new InputException(Where(), $"the token is {targets[i]}, the vocabulary has {vocabulary}.", "Use the tokenizer that the model was trained with.");
            ReadOnlySpan<float> z = logits.Slice(i * vocabulary, vocabulary);
            int best = 0;
            double sum = 0;
            for (int v = 0; v < z.Length; v++)
            {
                if (float.IsNaN(z[v]) || float.IsPositiveInfinity(z[v])) throw new InputException(Where(), $"the logit of token {v} is not finite.", "Train the model again with a lower learning rate.");
                if (z[v] > z[best]) best = v;
            }
            foreach (float x in z) sum += Math.Exp((double)x - z[best]);
            loss[i / length] += Math.Log(sum) + z[best] - z[targets[i]];
            tokens[i / length]++;
            if (best == targets[i]) correct[i / length]++;
        }
        return Of(loss, tokens, correct, source);
    }

    /// <summary>Batches' scores as one.</summary>
    public static LanguageScores Join(IReadOnlyList<LanguageScores> parts) =>
        Of([.. parts.SelectMany(p => p.loss)], [.. parts.SelectMany(p => p.tokens)], [.. parts.SelectMany(p => p.correct)]);
}
