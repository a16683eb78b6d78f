using Headroom.Graph.Operators;

namespace Headroom.Graph.Models;

/// <summary>What a GPT-2 is made of; the defaults are the small one, 124 million parameters.</summary>
public sealed record Gpt2Options
{
    public long Vocabulary { get; init; } = 50_257;

    /// <summary>Rows of the table of positions.</summary>
    public long Positions { get; init; } = 1024;

    /// <summary>Tokens in a row, up to <see cref="Positions"/>.</summary>
    public long Length { get; init; } = 1024;

    public long Width { get; init; } = 768;

    public int Layers { get; init; } = 12;

    public long Heads { get; init; } = 12;

    /// <summary>Width of a block's perceptron; null: four times <see cref="Width"/>.</summary>
    public long? Hidden { get; init; }

    /// <summary>Of the embeddings and of what is added to the stream while training; the weights of attention are never dropped.</summary>
    public double Dropout { get; init; }

    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>Standard deviation of first values; what ends a residual branch gets <c>1 / √(2 · layers)</c> of it.</summary>
    public double Deviation { get; init; } = 0.02;

    internal long InnerWidth => Hidden ?? 4 * Width;

    /// <exception cref="GraphException">Something doesn't fit; the message says what would.</exception>
    internal void Check()
    {
        OptionChecks.Positive("GPT-2", (nameof(Vocabulary), Vocabulary), (nameof(Positions), Positions), (nameof(Length), Length), (nameof(Width), Width), (nameof(Layers), Layers), (nameof(Heads), Heads),
            (nameof(Hidden), InnerWidth));
        OptionChecks.Divides("GPT-2", nameof(Heads), Heads, nameof(Width), Width);
        OptionChecks.Fits("GPT-2", Length, Positions);
        OptionChecks.Probability("GPT-2", nameof(Dropout), Dropout);
    }
}

/// <summary>Decoder with learned positions, norms before the layers and a head tied to the embedding. Weights have Hugging Face's names and its <c>Conv1D</c> layout, <c>[inputs, outputs]</c>.</summary>
/// <remarks>Radford et al., Language Models are Unsupervised Multitask Learners, 2019. Its Gelu is the tanh form (Hugging Face's <c>gelu_new</c>).</remarks>
public static class Gpt2
{
    /// <summary><c>tokens: int64[batch, length] → logits: fp32[batch, length, vocabulary]</c>.</summary>
    /// <param name="o">The options.</param>
    /// <param name="packed">Documents share rows: the input <c>start: int64[batch, length]</c> says where each token's begins.</param>
    /// <exception cref="GraphException">The options don't fit each other.</exception>
    public static Model Decoder(Gpt2Options o, bool packed = false)
    {
        o.Check();
        var m = new ModelBuilder("gpt2");
        var matrices = new Initializer.Normal(0, o.Deviation);
        Value tokens = m.Input("tokens", ElementType.Int64, "batch", o.Length);
        Value table = m.Weight("transformer.wte.weight", matrices, o.Vocabulary, o.Width);
        PackedRows rows = packed ? PackedRows.Of(m, o.Length, causal: true) : default;
        Value positions = m.Weight("transformer.wpe.weight", matrices, o.Positions, o.Width);
        positions = packed ? m.Add(new Gather(), positions, rows.Positions) : m.FirstRows(positions, o.Length, o.Positions);
        Value h = m.Dropout(m.Add(new Add(), m.Add(new Gather(), table, tokens), positions), o.Dropout); // [batch, length, width]
        for (int i = 0; i < o.Layers; i++)
        {
            using IDisposable scope = m.Scope($"transformer.h.{i}");
            h = m.Add(new Add(), h, m.Dropout(Attend(m, m.LayerNorm(h, o.Width, "ln_1", o.NormEpsilon), rows.Mask, o), o.Dropout));
            h = m.Add(new Add(), h, m.Dropout(Perceptron(m, m.LayerNorm(h, o.Width, "ln_2", o.NormEpsilon), o), o.Dropout));
        }
        h = m.Reshape(m.LayerNorm(h, o.Width, "transformer.ln_f", o.NormEpsilon), -1, o.Width);
        return m.Build(m.AddNamed("logits", new Reshape(), m.TimesTransposed(h, table), m.Constant(TensorData.Longs(-1, o.Length, o.Vocabulary), "shape")));
    }

    private static Initializer BranchEnd(Gpt2Options o) => new Initializer.Normal(0, o.Deviation / Math.Sqrt(2.0 * o.Layers));

    private static Value Attend(ModelBuilder m, Value x, Value mask, Gpt2Options o)
    {
        using IDisposable scope = m.Scope("attn");
        Value packed = m.Linear(x, o.Width, 3 * o.Width, "c_attn", weights: new Initializer.Normal(0, o.Deviation));
        var qkv = m.AddMany(new Split { Axis = -1 }, 3, packed, m.Constant(TensorData.Longs(o.Width, o.Width, o.Width), "split"));
        var attention = new Attention { QueryHeads = o.Heads, KeyHeads = o.Heads, IsCausal = true };
        Value a = mask.Exists ? m.Add(attention, qkv[0], qkv[1], qkv[2], mask) : m.Add(attention, qkv[0], qkv[1], qkv[2]);
        return m.Linear(a, o.Width, o.Width, "c_proj", weights: BranchEnd(o));
    }

    private static Value Perceptron(ModelBuilder m, Value x, Gpt2Options o)
    {
        using IDisposable scope = m.Scope("mlp");
        Value up = m.Linear(x, o.Width, o.InnerWidth, "c_fc", weights: new Initializer.Normal(0, o.Deviation));
        return m.Linear(m.Add(new Gelu { Form = GeluForm.Tanh }, up), o.InnerWidth, o.Width, "c_proj", weights: BranchEnd(o));
    }
}
