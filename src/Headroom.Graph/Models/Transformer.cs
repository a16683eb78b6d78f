using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>What a pre-norm transformer over tokens is made of.</summary>
public sealed record TransformerOptions
{
    public long Vocabulary { get; init; } = 8192;

    /// <summary>Tokens in a row.</summary>
    public long Length { get; init; } = 256;

    public long Width { get; init; } = 384;

    public int Layers { get; init; } = 6;

    public long Heads { get; init; } = 6;

    /// <summary>The hidden layer of a block's perceptron is this many times as wide.</summary>
    public long Expansion { get; init; } = 4;

    public double Dropout { get; init; }

    /// <summary>A token that is no content: it is not attended to and not pooled. Null where every position counts.</summary>
    public long? Padding { get; init; }

    /// <summary>Encoder: rows of a table of class scores by hashed pairs of neighbouring tokens, added to the logits; 0 for none. What two words say together is then learned at once, as a linear model over word pairs does.</summary>
    /// <remarks>The wide part of Cheng et al., arXiv:1606.07792; hashed n-grams as in Joulin et al., arXiv:1607.01759.</remarks>
    public long TokenPairs { get; init; }

    /// <summary>Standard deviation of the embeddings' first values: 1 is PyTorch's default, 0.02 what language models take.</summary>
    public double EmbeddingDeviation { get; init; } = 1;
}

/// <summary>Pre-norm transformers: a decoder that predicts the next token, and an encoder that classifies.</summary>
/// <remarks>Vaswani et al., arXiv:1706.03762; norms before the layers as in Radford et al. 2019 (GPT-2).</remarks>
public static class Transformer
{
    /// <summary><c>tokens: int64[batch, length] → logits: fp32[batch, length, vocabulary]</c>; the head isn't tied to the embedding.</summary>
    /// <param name="o">The options.</param>
    /// <param name="packed">Documents share rows: the input <c>start: int64[batch, length]</c> says where each token's begins.</param>
    public static Model Decoder(TransformerOptions o, bool packed = false)
    {
        var m = new ModelBuilder("decoder");
        Value tokens = m.Input("tokens", ElementType.Int64, "batch", o.Length);
        PackedRows rows = packed ? PackedRows.Of(m, o.Length, causal: true) : default;
        Value h = m.LayerNorm(Body(m, tokens, rows.Mask, o, causal: true, rows.Positions), o.Width, "norm");
        return m.Build(m.AddNamed("logits", new Identity(), m.Linear(h, o.Width, o.Vocabulary, "head", bias: false)));
    }

    /// <summary><c>tokens: int64[batch, length] → logits: fp32[batch, classes]</c>, by the mean over positions.</summary>
    public static Model Encoder(TransformerOptions o, long classes)
    {
        var m = new ModelBuilder("encoder");
        Value tokens = m.Input("tokens", ElementType.Int64, "batch", o.Length);
        Value padded = Value.None, mask = Value.None;
        if (o.Padding is long pad)
        {
            padded = m.Add(new Equal(), tokens, m.Constant(TensorData.Scalar(pad), "padding"));
            Value hidden = m.Constant(TensorData.Scalar(-1e9f), "hidden"), seen = m.Constant(TensorData.Scalar(0f), "seen");
            mask = m.Reshape(m.Add(new Where(), padded, hidden, seen), 0, 1, 1, o.Length);
        }
        Value h = m.LayerNorm(Body(m, tokens, mask, o, causal: false), o.Width, "norm");
        Value pooled = padded.Exists ? MeanOfContent(m, h, padded, o.Length) : m.Mean(h, 1);
        Value logits = m.Linear(m.Dropout(pooled, o.Dropout), o.Width, classes, "head");
        if (o.TokenPairs > 0) logits = m.Add(new Add(), logits, PairScores(m, tokens, padded, o, classes));
        return m.Build(m.AddNamed("logits", new Identity(), logits));
    }

    /// <summary>Scores of the row's token pairs, over the root of their number: pairs with padding count nothing.</summary>
    private static Value PairScores(ModelBuilder m, Value tokens, Value padded, TransformerOptions o, long classes)
    {
        using IDisposable scope = m.Scope("pairs");
        Value scores = ScoresOfPairs(m, tokens, o, classes, o.Length);
        Value one = m.Constant(TensorData.Scalar(1f), "one");
        if (!padded.Exists) return m.Add(new Mul(), m.Add(new ReduceSum { KeepDims = false }, scores, m.Constant(TensorData.Longs(1), "axes")), m.Constant(TensorData.Scalar((float)(1 / Math.Sqrt(o.Length - 1))), "scale"));
        // A pair is padded when its second token is: padding comes last.
        Value content = m.Add(new Where(), m.Slice(padded, 1, 1, o.Length), m.Constant(TensorData.Scalar(0f), "none"), one);
        Value sum = m.Add(new ReduceSum { KeepDims = false }, m.Add(new Mul(), scores, m.Reshape(content, 0, o.Length - 1, 1)), m.Constant(TensorData.Longs(1), "axes"));
        Value count = m.Add(new ReduceSum { KeepDims = true }, content, m.Constant(TensorData.Longs(1), "axes"));
        return m.Add(new Div(), sum, m.Add(new Sqrt(), m.Add(new Clip(), count, one)));
    }

    /// <summary>Class scores of each pair of neighbours, by their hash: <c>[batch, length - 1, classes]</c>.</summary>
    internal static Value ScoresOfPairs(ModelBuilder m, Value tokens, TransformerOptions o, long classes, long length)
    {
        Value Number(long n) => m.Constant(TensorData.Scalar(n), "number");
        Value first = m.Slice(tokens, 1, 0, length - 1), second = m.Slice(tokens, 1, 1, length);
        // (a · p + b) mod buckets.
        Value hash = m.Add(new Add(), m.Add(new Mul(), first, Number(PairPrime)), second), buckets = Number(o.TokenPairs);
        Value bucket = m.Add(new Sub(), hash, m.Add(new Mul(), m.Add(new Div(), hash, buckets), buckets));
        return m.Embedding(bucket, o.TokenPairs, classes, "score", Initializer.Zeros);
    }

    private const long PairPrime = 1_000_003;

    /// <summary>The blocks over embedded tokens: <c>[batch, length, width]</c>. Without positions, tokens fill a row of the options' length.</summary>
    internal static Value Body(ModelBuilder m, Value tokens, Value mask, TransformerOptions o, bool causal, Value positions = default)
    {
        var embedding = new Initializer.Normal(0, o.EmbeddingDeviation);
        Value token = m.Embedding(tokens, o.Vocabulary, o.Width, "token", embedding), position = m.Weight("position.weight", embedding, o.Length, o.Width);
        Value h = m.Add(new Add(), token, positions.Exists ? m.Add(new Gather(), position, positions) : position);
        h = m.Dropout(h, o.Dropout);
        for (int i = 0; i < o.Layers; i++)
        {
            using IDisposable scope = m.Scope($"block{i}");
            h = m.Add(new Add(), h, m.Dropout(Attend(m, m.LayerNorm(h, o.Width, "norm1"), mask, o, causal), o.Dropout));
            Value up = m.Gelu(m.Linear(m.LayerNorm(h, o.Width, "norm2"), o.Width, o.Expansion * o.Width, "up"));
            h = m.Add(new Add(), h, m.Dropout(m.Linear(up, o.Expansion * o.Width, o.Width, "down"), o.Dropout));
        }
        return h;
    }

    private static Value Attend(ModelBuilder m, Value x, Value mask, TransformerOptions o, bool causal)
    {
        using IDisposable scope = m.Scope("attention");
        Value packed = m.Linear(x, o.Width, 3 * o.Width, "qkv");
        var qkv = m.AddMany(new Split { Axis = -1 }, 3, packed, m.Constant(TensorData.Longs(o.Width, o.Width, o.Width), "split"));
        var attention = new Attention { QueryHeads = o.Heads, KeyHeads = o.Heads, IsCausal = causal };
        Value a = mask.Exists ? m.Add(attention, qkv[0], qkv[1], qkv[2], mask) : m.Add(attention, qkv[0], qkv[1], qkv[2]);
        return m.Linear(a, o.Width, o.Width, "out");
    }

    /// <summary>Sum over content positions by their number; a row without content gives zeros.</summary>
    private static Value MeanOfContent(ModelBuilder m, Value h, Value padded, long length)
    {
        Value content = m.Add(new Where(), padded, m.Constant(TensorData.Scalar(0f), "none"), m.Constant(TensorData.Scalar(1f), "one"));
        Value sum = m.Add(new ReduceSum { KeepDims = false }, m.Add(new Mul(), h, m.Reshape(content, 0, length, 1)), m.Constant(TensorData.Longs(1), "axes"));
        Value count = m.Add(new ReduceSum { KeepDims = true }, content, m.Constant(TensorData.Longs(1), "axes"));
        return m.Add(new Div(), sum, m.Add(new Clip(), count, m.Constant(TensorData.Scalar(1f), "atleast")));
    }
}
