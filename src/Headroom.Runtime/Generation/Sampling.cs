using Headroom.Evidence;
using Headroom.Evidence.Randomness;

namespace Headroom.Runtime.Generation;

/// <summary>Draws tokens from logits. Probabilities are fp64; among equals the lower token comes first.</summary>
/// <remarks>Top-k: Fan et al., arXiv:1805.04833. Top-p: Holtzman et al., arXiv:1904.09751, section 3.1.</remarks>
public static class Sampling
{
    private const ulong Stream = 0x5341_4D50_0000_0000; // "SAMP", away from the streams of others

    /// <summary>Draws one token: a pure function of the logits and of the uniform number in [0, 1).</summary>
    /// <exception cref="InputException">No logit is finite.</exception>
    public static int Draw(ReadOnlySpan<float> logits, SamplingOptions options, double uniform)
    {
        int best = Likeliest(logits);
        if (!float.IsFinite(logits[best])) throw new InputException("model", $"its logits are not finite ({logits[best]}).", "Train it with a lower learning rate.");
        if (options.IsGreedy) return best;
        bool ordered = options.TopK < logits.Length || options.TopP < 1;
        int[] order = ordered ? Ordered(logits) : [.. Enumerable.Range(0, logits.Length)];
        int kept = Math.Min(options.TopK ?? order.Length, order.Length);
        var weights = new double[kept];
        double sum = 0;
        for (int i = 0; i < kept; i++)
        {
            double logit = logits[order[i]];
            sum += weights[i] = double.IsNaN(logit) ? 0 : Math.Exp((logit - logits[best]) / options.Temperature);
        }
        if (options.TopP < 1)
        {
            // As few as reach p: the one that passes it is in.
            double wanted = options.TopP * sum, reached = 0;
            for (int i = 0; i < kept; i++)
                if ((reached += weights[i]) >= wanted) kept = i + 1;
            sum = reached;
        }
        double left = uniform * sum;
        for (int i = 0; i < kept; i++)
        {
            if (weights[i] > 0 && (left -= weights[i]) < 0) return order[i];
        }
        return best;
    }

    /// <summary>The token of the largest logit, the lowest where several are; NaN is none.</summary>
    public static int Likeliest(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++) if (logits[i] > logits[best] || float.IsNaN(logits[best])) best = i;
        return best;
    }

    /// <summary>Refuses what can't be drawn by, and prompts that a model can't read.</summary>
    /// <exception cref="InputException">The prompt is empty or holds an unknown token, or an option is out of range.</exception>
    internal static void Check(IReadOnlyCollection<int> prompt, int vocabulary, SamplingOptions options)
    {
        if (prompt.Count == 0) throw new InputException("prompt", "it is empty.", "Give at least one token to write on from.");
        foreach (int t in prompt) if (t < 0 || t >= vocabulary) throw new InputException("prompt", $"the token {t} is none of the {vocabulary} that the model knows.", "Encode the prompt with the model's own tokenizer.");
        if (!(options.Temperature >= 0 && double.IsFinite(options.Temperature))) throw new InputException("temperature", $"{options.Temperature} is no temperature.", "Give 0 or more.");
        if (options.TopK < 1) throw new InputException("top_k", $"nothing can be drawn from {options.TopK} tokens.", "Give 1 or more.");
        if (!(options.TopP > 0 && options.TopP <= 1)) throw new InputException("top_p", $"{options.TopP} is no share of probability.", "Give more than 0, up to 1.");
    }

    /// <summary>The uniform number that a text's token is drawn by.</summary>
    internal static double UniformAt(SamplingOptions options, int token) => new Philox(options.Seed, Stream).UniformDoubleAt((ulong)token);

    /// <summary>All tokens, the likeliest first, NaN last.</summary>
    private static int[] Ordered(ReadOnlySpan<float> logits)
    {
        int[] order = new int[logits.Length];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        float[] keys = logits.ToArray();
        Array.Sort(order, (a, b) => keys[a].Equals(keys[b]) || keys[a] == keys[b] ? a.CompareTo(b) : float.IsNaN(keys[b]) || keys[a] > keys[b] ? -1 : 1);
        return order;
    }
}
