using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>What a BERT is made of; the defaults are the base one, 109 million parameters.</summary>
public sealed record BertOptions
{
    public long Vocabulary { get; init; } = 30_522;

    /// <summary>Rows of the table of positions.</summary>
    public long Positions { get; init; } = 512;

    /// <summary>Tokens in a row, up to <see cref="Positions"/>.</summary>
    public long Length { get; init; } = 512;

    public long Width { get; init; } = 768;

    public int Layers { get; init; } = 12;

    public long Heads { get; init; } = 12;

    /// <summary>Width of a block's perceptron.</summary>
    public long Hidden { get; init; } = 3072;

    /// <summary>Rows of the table of token types.</summary>
    public long TokenTypes { get; init; } = 2;

    /// <summary>Types come as <c>token_types: int64[batch, length]</c>; otherwise all tokens are of type 0, as in a single sentence.</summary>
    public bool TypeInput { get; init; }

    /// <summary>A token that isn't attended to; null where every position counts. 0 is BERT's <c>[PAD]</c>.</summary>
    public long? Padding { get; init; } = 0;

    /// <summary>What is attended to comes as <c>attention_mask: int64[batch, length]</c>, 0 or 1, instead of from <see cref="Padding"/>.</summary>
    public bool MaskInput { get; init; }

    /// <summary>Of the embeddings, of what is added to the stream and before the classes, while training; the weights of attention are never dropped.</summary>
    public double Dropout { get; init; }

    public float NormEpsilon { get; init; } = 1e-12f;

    /// <summary>Standard deviation of all matrices' first values.</summary>
    public double Deviation { get; init; } = 0.02;

    /// <exception cref="GraphException">Something doesn't fit; the message says what would.</exception>
    internal void Check()
    {
        OptionChecks.Positive("BERT", (nameof(Vocabulary), Vocabulary), (nameof(Positions), Positions), (nameof(Length), Length), (nameof(Width), Width), (nameof(Layers), Layers), (nameof(Heads), Heads),
            (nameof(Hidden), Hidden), (nameof(TokenTypes), TokenTypes));
        OptionChecks.Divides("BERT", nameof(Heads), Heads, nameof(Width), Width);
        OptionChecks.Fits("BERT", Length, Positions);
        OptionChecks.Probability("BERT", nameof(Dropout), Dropout);
        if (!MaskInput && Padding is long pad && (pad < 0 || pad >= Vocabulary)) throw new GraphException($"BERT: Padding is {pad}, tokens go from 0 to {Vocabulary - 1}; give null where nothing is padded");
    }
}

/// <summary>Encoder with learned positions, token types and norms behind the sums. Weights have Hugging Face's names and layout.</summary>
/// <remarks>Devlin et al., arXiv:1810.04805.</remarks>
public static class Bert
{
    /// <summary><c>tokens: int64[batch, length] → hidden: fp32[batch, length, width], pooled: fp32[batch, width]</c>.</summary>
    /// <exception cref="GraphException">The options don't fit each other.</exception>
    public static Model Encoder(BertOptions o)
    {
        o.Check();
        var m = new ModelBuilder("bert");
        Value h = Body(m, o), hidden = m.AddNamed("hidden", new Reshape(), h, m.Constant(TensorData.Longs(-1, o.Length, o.Width), "shape"));
        return m.Build(hidden, m.AddNamed("pooled", new Identity(), Pool(m, h, o)));
    }

    /// <summary><c>tokens: int64[batch, length] → logits: fp32[batch, classes]</c>, from the pooled first token.</summary>
    /// <exception cref="GraphException">The options don't fit each other.</exception>
    public static Model Classifier(BertOptions o, long classes)
    {
        o.Check();
        OptionChecks.Positive("BERT", (nameof(classes), classes));
        var m = new ModelBuilder("bert");
        Value pooled = m.Dropout(Pool(m, Body(m, o), o), o.Dropout);
        return m.Build(m.AddNamed("logits", new Identity(), m.Dense(pooled, o.Width, classes, "classifier", Matrices(o))));
    }

    private static Initializer Matrices(BertOptions o) => new Initializer.Normal(0, o.Deviation);

    /// <summary>Hidden states of all tokens, <c>[batch · length, width]</c>.</summary>
    private static Value Body(ModelBuilder m, BertOptions o)
    {
        Value tokens = m.Input("tokens", ElementType.Int64, "batch", o.Length);
        Value types = o.TypeInput ? m.Input("token_types", ElementType.Int64, "batch", o.Length) : Value.None;
        Value mask = Mask(m, tokens, o);
        Value h = m.Reshape(Embed(m, tokens, types, o), -1, o.Width);
        for (int i = 0; i < o.Layers; i++)
        {
            using IDisposable scope = m.Scope($"bert.encoder.layer.{i}");
            Value attended;
            using (m.Scope("attention.self")) attended = m.SelfAttention(h, mask, o.Length, o.Width, o.Heads, Matrices(o));
            h = Joined(m, h, attended, o.Width, "attention.output", o);
            h = Joined(m, h, m.Gelu(m.Dense(h, o.Width, o.Hidden, "intermediate.dense", Matrices(o))), o.Hidden, "output", o);
        }
        return h;
    }

    /// <summary>A branch's last layer, its sum with the stream, and the norm of that.</summary>
    private static Value Joined(ModelBuilder m, Value stream, Value branch, long inputs, string name, BertOptions o)
    {
        using IDisposable scope = m.Scope(name);
        Value back = m.Dropout(m.Dense(branch, inputs, o.Width, "dense", Matrices(o)), o.Dropout);
        return m.LayerNorm(m.Add(new Add(), stream, back), o.Width, "LayerNorm", o.NormEpsilon);
    }

    private static Value Embed(ModelBuilder m, Value tokens, Value types, BertOptions o)
    {
        using IDisposable scope = m.Scope("bert.embeddings");
        Value words = m.Embedding(tokens, o.Vocabulary, o.Width, "word_embeddings", Matrices(o)); // [batch, length, width]
        Value positions = m.FirstRows(m.Weight("position_embeddings.weight", Matrices(o), o.Positions, o.Width), o.Length, o.Positions);
        Value table = m.Weight("token_type_embeddings.weight", Matrices(o), o.TokenTypes, o.Width);
        Value typed = types.Exists ? m.Add(new Gather(), table, types) : m.FirstRows(table, 1, o.TokenTypes);
        Value sum = m.Add(new Add(), m.Add(new Add(), words, positions), typed);
        return m.Dropout(m.LayerNorm(sum, o.Width, "LayerNorm", o.NormEpsilon), o.Dropout);
    }

    /// <summary>The first token's state through a layer and tanh, <c>[batch, width]</c>.</summary>
    private static Value Pool(ModelBuilder m, Value h, BertOptions o)
    {
        Value first = m.Add(new Gather { Axis = 1 }, m.Reshape(h, -1, o.Length, o.Width), m.Constant(TensorData.Scalar(0L), "first"));
        return m.Add(new Tanh(), m.Dense(first, o.Width, o.Width, "bert.pooler.dense", Matrices(o)));
    }

    /// <summary>0 where a key is seen and a number that no score reaches where it is not, <c>[batch, 1, 1, length]</c>.</summary>
    private static Value Mask(ModelBuilder m, Value tokens, BertOptions o)
    {
        if (!o.MaskInput && o.Padding is null) return Value.None;
        using IDisposable scope = m.Scope("mask");
        Value looked = o.MaskInput ? m.Input("attention_mask", ElementType.Int64, "batch", o.Length) : tokens;
        Value padded = m.Add(new Equal(), looked, m.Constant(TensorData.Scalar(o.MaskInput ? 0L : o.Padding!.Value), "padding"));
        Value hidden = m.Constant(TensorData.Scalar(-1e9f), "hidden"), seen = m.Constant(TensorData.Scalar(0f), "seen");
        return m.Reshape(m.Add(new Where(), padded, hidden, seen), 0, 1, 1, o.Length);
    }
}
