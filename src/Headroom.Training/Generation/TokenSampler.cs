using Headroom.Evidence;
using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;

namespace Headroom.Training.Generation;

/// <summary>Writes on from a prompt with a decoder whose weights a session holds: <c>tokens: int64[batch, length] → logits: fp32[batch, length, vocabulary]</c>.</summary>
/// <remarks>Each token runs the whole context of fixed length; later positions are hidden by the model's causal attention, and tokens that no longer fit fall out at the front.
/// Top-k: Fan et al., arXiv:1805.04833.</remarks>
public sealed class TokenSampler : IDisposable
{
    private const ulong Stream = 0x5341_4D50_0000_0000; // "SAMP", away from the streams of others

    private readonly Program _program;
    private readonly Value _tokens, _logits;
    private readonly int _length, _vocabulary;

    /// <param name="session">Holds the weights.</param>
    /// <param name="model">The decoder, without its loss.</param>
    /// <exception cref="GraphException">The model is no such decoder.</exception>
    public TokenSampler(Session session, Model model)
    {
        TypedGraph graph = Specialize.Run(model, batch: 1);
        TensorType logits = graph.Type(graph.Outputs[0]);
        if (graph.Inputs is not [TypedInput { Type: { Element: ElementType.Int64, Rank: 2 } } tokens] || logits.Rank != 3 || logits.Shape[1] != tokens.Type.Shape[1] || logits.Element != ElementType.Float32)
        {
            throw new GraphException($"model '{model.Name}' is no decoder: it has the inputs {string.Join(", ", graph.Inputs.Select(i => $"{i.Value}: {i.Type}"))} and gives {logits}");
        }
        (_tokens, _logits, _length, _vocabulary) = (tokens.Value, graph.Outputs[0], (int)logits.Shape[1], (int)logits.Shape[2]);
        _program = session.Compile(graph);
    }

    /// <summary>Tokens to come after the prompt.</summary>
    /// <param name="prompt">One token at least, each below the vocabulary's size.</param>
    /// <param name="count">How many to write.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="cancellation">Looked at before each token.</param>
    /// <exception cref="InputException">The prompt is empty or holds an unknown token, or an option is out of range.</exception>
    public IEnumerable<int> Generate(IEnumerable<int> prompt, int count, SamplingOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new SamplingOptions();
        List<int> context = [.. prompt];
        if (context.Count == 0) throw new InputException("prompt", "it is empty.", "Give at least one token to write on from.");
        foreach (int t in context) if (t < 0 || t >= _vocabulary) throw new InputException("prompt", $"the token {t} is none of the {_vocabulary} that the model knows.", "Encode the prompt with the model's own tokenizer.");
        if (!(options.Temperature >= 0 && double.IsFinite(options.Temperature))) throw new InputException("temperature", $"{options.Temperature} is no temperature.", "Give 0 or more.");
        if (options.TopK < 1) throw new InputException("top_k", $"nothing can be drawn from {options.TopK} tokens.", "Give 1 or more.");
        return Written(context, count, options, cancellation);
    }

    public void Dispose() => _program.Dispose();

    /// <summary>Draws one token: a pure function of the logits and of the uniform number in [0, 1).</summary>
    /// <exception cref="InputException">No logit is finite.</exception>
    public static int Draw(ReadOnlySpan<float> logits, SamplingOptions options, double uniform)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++) if (logits[i] > logits[best] || float.IsNaN(logits[best])) best = i;
        if (!float.IsFinite(logits[best])) throw new InputException("model", $"its logits are not finite ({logits[best]}).", "Train it with a lower learning rate.");
        if (options.Temperature == 0 || options.TopK == 1) return best;
        int[] order = new int[logits.Length];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        int kept = Math.Min(options.TopK ?? order.Length, order.Length);
        if (kept < order.Length)
        {
            float[] keys = logits.ToArray();
            // NaN last; among equals the lower token first.
            Array.Sort(order, (a, b) => keys[a] == keys[b] ? a.CompareTo(b) : float.IsNaN(keys[b]) || keys[a] > keys[b] ? -1 : 1);
        }
        var weights = new double[kept];
        double sum = 0;
        for (int i = 0; i < kept; i++)
        {
            double logit = logits[order[i]];
            sum += weights[i] = double.IsNaN(logit) ? 0 : Math.Exp((logit - logits[best]) / options.Temperature);
        }
        double left = uniform * sum;
        for (int i = 0; i < kept; i++)
        {
            if (weights[i] > 0 && (left -= weights[i]) < 0) return order[i];
        }
        return best;
    }

    private IEnumerable<int> Written(List<int> context, int count, SamplingOptions options, CancellationToken cancellation)
    {
        Philox random = new(options.Seed, Stream);
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            int next = Next(context, options, random.UniformDoubleAt((ulong)i));
            context.Add(next);
            yield return next;
        }
    }

    private int Next(List<int> context, SamplingOptions options, double uniform)
    {
        Span<long> input = _program.Input<long>(_tokens);
        int first = Math.Max(0, context.Count - _length), used = context.Count - first;
        for (int i = 0; i < _length; i++) input[i] = i < used ? context[first + i] : 0;
        _program.Run();
        return Draw(_program.Output<float>(_logits).Slice((used - 1) * _vocabulary, _vocabulary), options, uniform);
    }
}
