using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;

namespace Headroom.Runtime.Generation;

/// <summary>Writes on from a prompt with a decoder whose weights a session holds, without a cache: <c>tokens: int64[batch, length] → logits: fp32[batch, length, vocabulary]</c>.</summary>
/// <remarks>Each token runs the whole context of fixed length; later positions are hidden by the model's causal attention, and tokens that no longer fit fall out at the front. Takes any decoder; <see cref="CachedDecoder"/> is faster.</remarks>
public sealed class TokenSampler : IDisposable
{
    private readonly Program _program;
    private readonly Value _tokens, _logits;
    private readonly int _length;

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
        (_tokens, _logits, _length, Vocabulary) = (tokens.Value, graph.Outputs[0], (int)logits.Shape[1], (int)logits.Shape[2]);
        _program = session.Compile(graph);
    }

    /// <summary>Tokens that the model knows.</summary>
    public int Vocabulary { get; }

    /// <summary>Tokens to come after the prompt.</summary>
    /// <param name="prompt">One token at least, each below the vocabulary's size.</param>
    /// <param name="count">How many to write at the most.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="cancellation">Looked at before each token.</param>
    /// <exception cref="InputException">The prompt is empty or holds an unknown token, or an option is out of range.</exception>
    public IEnumerable<int> Generate(IEnumerable<int> prompt, int count, SamplingOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new SamplingOptions();
        List<int> context = [.. prompt];
        Sampling.Check(context, Vocabulary, options);
        return Written(context, count, options, cancellation);
    }

    /// <summary>The logits <c>[vocabulary]</c> of what comes after the tokens; valid until the session's next run.</summary>
    public ReadOnlySpan<float> Logits(IReadOnlyList<int> context)
    {
        Span<long> input = _program.Input<long>(_tokens);
        int first = Math.Max(0, context.Count - _length), used = context.Count - first;
        for (int i = 0; i < _length; i++) input[i] = i < used ? context[first + i] : 0;
        _program.Run();
        return _program.Output<float>(_logits).Slice((used - 1) * Vocabulary, Vocabulary);
    }

    public void Dispose() => _program.Dispose();

    private IEnumerable<int> Written(List<int> context, int count, SamplingOptions options, CancellationToken cancellation)
    {
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            int next = Sampling.Draw(Logits(context), options, Sampling.UniformAt(options, i));
            if (options.Stop.Contains(next)) yield break;
            context.Add(next);
            yield return next;
        }
    }
}
