using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>What a decoder of Llama's kind is made of: Llama 2 and 3, Mistral, Qwen 2 and 3.</summary>
public sealed record LlamaOptions
{
    public long Vocabulary { get; init; } = 8192;

    /// <summary>Tokens in a row.</summary>
    public long Length { get; init; } = 256;

    public long Width { get; init; } = 384;

    public int Layers { get; init; } = 6;

    public long Heads { get; init; } = 6;

    /// <summary>Heads of key and value, each shared by <c>Heads / KeyHeads</c> heads of the query; null: one for each.</summary>
    public long? KeyHeads { get; init; }

    /// <summary>Features of a head; null: <c>Width / Heads</c>. Qwen 3 has wider ones.</summary>
    public long? HeadWidth { get; init; }

    /// <summary>Width of a block's gated layer; 8/3 of <see cref="Width"/> has as many weights as an ungated layer four times as wide.</summary>
    public long Hidden { get; init; } = 1024;

    /// <summary>The head multiplies by the embedding's table instead of a weight of its own.</summary>
    public bool TiedHead { get; init; }

    /// <summary>Query, key and value have biases (Qwen 2).</summary>
    public bool Biases { get; init; }

    /// <summary>Each head of query and key is normalised before it is turned (Qwen 3).</summary>
    public bool HeadNorms { get; init; }

    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>Hugging Face's <c>rope_theta</c>.</summary>
    public double RotaryBase { get; init; } = 10_000;

    /// <summary>Null: positions are turned as trained.</summary>
    public RotaryScaling? RotaryScaling { get; init; }

    /// <summary>Hugging Face's <c>sliding_window</c>: how far back a token sees. One that reaches over the whole row hides nothing; a shorter one isn't built.</summary>
    public long? Window { get; init; }

    /// <summary>Standard deviation of all matrices' first values.</summary>
    public double Deviation { get; init; } = 0.02;

    internal long SharedHeads => KeyHeads ?? Heads;

    internal long EachWidth => HeadWidth ?? Width / Heads;

    /// <exception cref="GraphException">Something doesn't fit; the message says what would.</exception>
    internal void Check()
    {
        OptionChecks.Positive("Llama", (nameof(Vocabulary), Vocabulary), (nameof(Length), Length), (nameof(Width), Width), (nameof(Layers), Layers), (nameof(Heads), Heads),
            (nameof(KeyHeads), SharedHeads), (nameof(HeadWidth), HeadWidth ?? 1), (nameof(Hidden), Hidden));
        if (HeadWidth is null) OptionChecks.Divides("Llama", nameof(Heads), Heads, nameof(Width), Width);
        OptionChecks.Divides("Llama", nameof(KeyHeads), SharedHeads, nameof(Heads), Heads);
        if (EachWidth % 2 != 0) throw new GraphException($"Llama: a head has {EachWidth} features; the rotary embedding turns pairs, so HeadWidth {EachWidth + 1} would do");
        if (!(RotaryBase > 1)) throw new GraphException($"Llama: RotaryBase is {RotaryBase}; more than 1 is needed, 10000 is Llama's");
        if (Window < Length) throw new GraphException($"Llama: Window is {Window}, rows have {Length} tokens; sliding windows aren't built: shorten Length to {Window}");
    }
}

/// <summary>Decoder with rotary positions, root-mean-square norms before the layers, grouped-query attention and gated layers. Weights have Hugging Face's names and layout.</summary>
/// <remarks>
/// Touvron et al., arXiv:2302.13971 and arXiv:2307.09288; grouped queries: Ainslie et al., arXiv:2305.13245; gate: Shazeer, arXiv:2002.05202; biases: Yang et al., arXiv:2407.10671 (Qwen 2); norms of heads:
/// Yang et al., arXiv:2505.09388 (Qwen 3).
/// </remarks>
public static class Llama
{
    /// <summary><c>tokens: int64[batch, length] → logits: fp32[batch, length, vocabulary]</c>.</summary>
    /// <param name="o">The options.</param>
    /// <param name="packed">Documents share rows: the input <c>start: int64[batch, length]</c> says where each token's begins.</param>
    /// <exception cref="GraphException">The options don't fit each other.</exception>
    public static Model Decoder(LlamaOptions o, bool packed = false)
    {
        o.Check();
        var m = new ModelBuilder("llama");
        var matrices = new Initializer.Normal(0, o.Deviation);
        Value tokens = m.Input("tokens", ElementType.Int64, "batch", o.Length);
        PackedRows rows = packed ? PackedRows.Of(m, o.Length, causal: true) : default;
        Rotary rotary = Rotary.Of(m, tokens, o.Length, o.EachWidth, o.RotaryBase, o.RotaryScaling, rows.Positions);
        Value table = m.Weight("model.embed_tokens.weight", matrices, o.Vocabulary, o.Width);
        Value h = m.Reshape(m.Add(new Gather(), table, tokens), -1, o.Width); // [batch · length, width]
        for (int i = 0; i < o.Layers; i++)
        {
            using IDisposable scope = m.Scope($"model.layers.{i}");
            h = m.Add(new Add(), h, Attend(m, m.RmsNorm(h, o.Width, "input_layernorm", o.NormEpsilon), rotary, rows.Mask, o, matrices));
            h = m.Add(new Add(), h, Gated(m, m.RmsNorm(h, o.Width, "post_attention_layernorm", o.NormEpsilon), o, matrices));
        }
        h = m.RmsNorm(h, o.Width, "model.norm", o.NormEpsilon);
        Value logits = o.TiedHead ? m.TimesTransposed(h, table) : m.Dense(h, o.Width, o.Vocabulary, "lm_head", matrices, bias: false);
        return m.Build(m.AddNamed("logits", new Reshape(), logits, m.Constant(TensorData.Longs(-1, o.Length, o.Vocabulary), "shape")));
    }

    private static Value Attend(ModelBuilder m, Value x, Rotary rotary, Value mask, LlamaOptions o, Initializer matrices)
    {
        using IDisposable scope = m.Scope("self_attn");
        // [batch · length, width] → [batch, length, heads · head width]
        Value Heads(string part, long heads, bool normed)
        {
            Value y = m.Dense(x, o.Width, heads * o.EachWidth, part + "_proj", matrices, o.Biases);
            if (normed) y = m.RmsNorm(m.Reshape(y, -1, o.EachWidth), o.EachWidth, part + "_norm", o.NormEpsilon);
            return m.Reshape(y, -1, o.Length, heads * o.EachWidth);
        }
        Value q = rotary.Turn(m, Heads("q", o.Heads, o.HeadNorms), o.Heads), k = rotary.Turn(m, Heads("k", o.SharedHeads, o.HeadNorms), o.SharedHeads);
        var attention = new Attention { QueryHeads = o.Heads, KeyHeads = o.SharedHeads, IsCausal = true };
        Value v = Heads("v", o.SharedHeads, normed: false);
        Value a = mask.Exists ? m.Add(attention, q, k, v, mask) : m.Add(attention, q, k, v);
        return m.Dense(m.Reshape(a, -1, o.Heads * o.EachWidth), o.Heads * o.EachWidth, o.Width, "o_proj", matrices, bias: false);
    }

    private static Value Gated(ModelBuilder m, Value x, LlamaOptions o, Initializer matrices)
    {
        using IDisposable scope = m.Scope("mlp");
        Value gate = m.Dense(x, o.Width, o.Hidden, "gate_proj", matrices, bias: false), up = m.Dense(x, o.Width, o.Hidden, "up_proj", matrices, bias: false);
        return m.Dense(m.Add(new SwiGLU(), gate, up), o.Hidden, o.Width, "down_proj", matrices, bias: false);
    }
}
