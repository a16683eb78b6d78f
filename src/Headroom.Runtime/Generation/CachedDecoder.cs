using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;

namespace Headroom.Runtime.Generation;

/// <summary>Reads tokens with a decoder whose weights a session holds, and writes on from them: keys and values of what was read stay in caches, so that each token is computed once.</summary>
/// <remarks>Logits are those of the whole model, up to rounding. The caches are states of the session; a second decoder of one session would share them.</remarks>
public sealed class CachedDecoder : IDisposable
{
    private readonly Program _prefill, _step;
    private readonly DecodingGraphs _graphs;
    private readonly List<int> _read = [];

    /// <param name="session">Holds the weights.</param>
    /// <param name="model">The decoder in its inference form, without its loss: <c>tokens: int64[batch, length] → logits: fp32[batch, length, vocabulary]</c>.</param>
    /// <param name="options">Room in the cache; the batch is 1.</param>
    /// <exception cref="GraphException">The model is no decoder, or mixes positions in another way than causal attention.</exception>
    public CachedDecoder(Session session, Model model, CachedDecodingOptions? options = null)
    {
        if (options is { Batch: not 1 }) throw new GraphException($"a batch of {options.Batch} is asked for; one text at a time is written");
        _graphs = CachedDecoding.Run(model, options);
        TensorType logits = _graphs.Step.Type(_graphs.Step.Outputs[0]);
        if (logits.Element != ElementType.Float32) throw new GraphException($"model '{model.Name}' gives {logits}; logits in fp32 are drawn from");
        Vocabulary = (int)logits.Shape[2];
        (_prefill, _step) = (session.Compile(_graphs.Prefill), session.Compile(_graphs.Step));
    }

    /// <summary>Tokens that the model knows.</summary>
    public int Vocabulary { get; }

    /// <summary>Tokens that the cache has room for.</summary>
    public int Capacity => (int)_graphs.Capacity;

    /// <summary>What the caches take: those of <see cref="KeyValueCache"/>'s formula.</summary>
    public long CacheBytes => _graphs.CacheBytes;

    /// <summary>The tokens in the cache.</summary>
    public IReadOnlyList<int> Tokens => _read;

    /// <summary>Reads tokens behind those read before; gives the logits <c>[vocabulary]</c> of what comes after them, valid until the session's next run.</summary>
    /// <exception cref="InputException">There are none, or more than there is room for; nothing is read then.</exception>
    public ReadOnlySpan<float> Read(params ReadOnlySpan<int> tokens)
    {
        if (tokens.Length == 0) throw new InputException("prompt", "it is empty.", "Give at least one token to write on from.");
        if (_read.Count + tokens.Length > Capacity)
            throw new InputException("prompt", $"its {tokens.Length} tokens{(_read.Count > 0 ? $" after {_read.Count} others" : "")} don't fit: the cache has room for {Capacity}.", "Give a shorter prompt, or a model with a longer context.");
        ReadOnlySpan<float> logits = default;
        while (tokens.Length > 0)
        {
            int count = tokens.Length == 1 ? 1 : (int)Math.Min(_graphs.Chunk, tokens.Length);
            logits = count == 1 ? Run(_step, tokens[..1]) : Run(_prefill, tokens[..count]);
            tokens = tokens[count..];
        }
        return logits;
    }

    /// <summary>Forgets what was read.</summary>
    public void Clear() => _read.Clear();

    /// <summary>Tokens to come after the prompt, which is read from the start. Where the cache is full, the later half of what is in it is read again as the start of a new context, and writing goes on.</summary>
    /// <param name="prompt">One token at least, each below the vocabulary's size; no more than the capacity.</param>
    /// <param name="count">How many to write at the most.</param>
    /// <param name="options">How to draw.</param>
    /// <param name="cancellation">Looked at before each token.</param>
    /// <exception cref="InputException">The prompt is empty, too long or holds an unknown token, or an option is out of range.</exception>
    public IEnumerable<int> Generate(IReadOnlyCollection<int> prompt, int count, SamplingOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new SamplingOptions();
        Sampling.Check(prompt, Vocabulary, options);
        if (prompt.Count > Capacity) throw new InputException("prompt", $"its {prompt.Count} tokens don't fit: the cache has room for {Capacity}.", "Give a shorter prompt, or a model with a longer context.");
        return Written([.. prompt], count, options, cancellation);
    }

    public void Dispose()
    {
        _prefill.Dispose();
        _step.Dispose();
    }

    private IEnumerable<int> Written(int[] fresh, int count, SamplingOptions options, CancellationToken cancellation)
    {
        Clear();
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_read.Count + fresh.Length > Capacity)
            {
                fresh = [.. _read.Skip(_read.Count - Capacity / 2), .. fresh];
                Clear();
            }
            int next = Sampling.Draw(Read(fresh), options, Sampling.UniformAt(options, i));
            if (options.Stop.Contains(next)) yield break;
            yield return next;
            fresh = [next];
        }
    }

    private ReadOnlySpan<float> Run(Program program, scoped ReadOnlySpan<int> tokens)
    {
        Span<long> input = program.Input<long>(_graphs.Tokens), positions = program.Input<long>(CachedDecoding.Positions);
        for (int i = 0; i < input.Length; i++)
        {
            // Rows behind the last token are computed and thrown away: any token at a position that exists will do.
            input[i] = i < tokens.Length ? tokens[i] : 0;
            positions[i] = _read.Count + Math.Min(i, tokens.Length - 1);
        }
        if (program == _prefill) program.Input<long>(CachedDecoding.Last)[0] = tokens.Length - 1;
        program.Run();
        _read.AddRange(tokens);
        return program.Output<float>(program.Graph.Outputs[0]);
    }
}
