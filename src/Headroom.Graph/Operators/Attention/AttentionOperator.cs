using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// What the forms of attention share. Inputs: query, key, value and, optional, a mask that is broadcast to <c>[batch, heads, queries, keys]</c>, <c>past_key</c>, <c>past_value</c> and
/// <c>nonpad_kv_seqlen</c> (int64 <c>[batch]</c>: how many keys of each sequence are no padding).
/// </summary>
public abstract class AttentionOperator : Operator
{
    protected AttentionOperator() { }

    protected AttentionOperator(AttentionOperator other)
    {
        IsCausal = other.IsCausal;
        Scale = other.Scale;
        QueryHeads = other.QueryHeads;
        KeyHeads = other.KeyHeads;
        Softcap = other.Softcap;
        SoftmaxPrecision = other.SoftmaxPrecision;
        ScoresOutput = other.ScoresOutput;
        LeftWindow = other.LeftWindow;
        RightWindow = other.RightWindow;
    }

    /// <summary>Query i sees the keys up to i + offset; the offset is the past's length, or, with a count of keys that are no padding, that count less the queries, else 0.</summary>
    public bool IsCausal { get; init; }

    /// <summary>What scores are multiplied by; null: <c>1 / √width</c>.</summary>
    public float? Scale { get; init; }

    /// <summary>ONNX's <c>q_num_heads</c>: needed where the inputs have rank 3.</summary>
    public long QueryHeads { get; init; }

    /// <summary>ONNX's <c>kv_num_heads</c>; 0: as many as the query has.</summary>
    public long KeyHeads { get; init; }

    /// <summary>Scores become <c>cap · tanh(score / cap)</c> before the mask; 0: they stay.</summary>
    public float Softcap { get; init; }

    /// <summary>The type that scores are rounded to before the softmax; null: none.</summary>
    public ElementType? SoftmaxPrecision { get; init; }

    /// <summary>What the fourth output holds.</summary>
    public AttentionScores ScoresOutput { get; init; }

    /// <summary>How many positions before its own a query sees; -1: all.</summary>
    public long LeftWindow { get; init; } = -1;

    /// <summary>How many positions after its own a query sees; -1: all.</summary>
    public long RightWindow { get; init; } = -1;

    public override Precision Precision => Precision.Half;

    // A mask of -1e9 loses nothing in fp32, and is small.
    public override bool CastsInput(int input) => input != 3;

    /// <summary>The scale of a head of this width.</summary>
    public double ScaleOf(AttentionShape a) => Scale ?? 1 / Math.Sqrt(a.Width);

    /// <summary>The extents, from four inputs in a row: query, key, value, mask; and the past, where the query is the first input.</summary>
    /// <param name="s">The node's types.</param>
    /// <param name="first">Where the query stands.</param>
    /// <param name="mask">Where the mask stands.</param>
    public AttentionShape ShapeOf(Signature s, int first = 0, int mask = 3)
        => AttentionShape.Of(s.Input(first), s.Input(first + 1), s.Input(first + 2), Optional(s, mask), first == 0 ? Optional(s, 4) : null, first == 0 ? Optional(s, 5) : null, QueryHeads, KeyHeads);

    /// <summary>Whether the node is attention as the first paper has it, with a whole mask at the most: what the fast kernels take. Everything else goes by the general one.</summary>
    public bool IsPlain(Signature s)
    {
        if (Softcap != 0 || SoftmaxPrecision is not null || LeftWindow >= 0 || RightWindow >= 0 || s.Has(4) || s.Has(5) || s.Has(6)) return false;
        if (s.Input(2).Element != s.Input(0).Element || !ShapeOf(s).IsPlain) return false;
        return !s.Has(3) || s.Input(3).Element == ElementType.Bool || s.Input(3).Element == s.Input(0).Element || s.Input(3).Element == ElementType.Float32;
    }

    /// <summary>
    /// Whether two batched products with a softmax between them are taken rather than a blocked kernel that never holds the scores. In bf16 they are faster while the scores are small;
    /// the gradient then makes the weights again from query and key.
    /// </summary>
    /// <remarks>Measured on two cores of Zen 4, at 8 x 6 heads x 256 x 64 causal: 1.8 times as fast forward and 3 times backward; at 32 x 4 x 128 x 64: 1.8 and 10 times.</remarks>
    public bool ByProducts(AttentionShape a, TensorType q, TensorType? mask)
        => q.Element == ElementType.BFloat16 && a.Scores <= MostScores && (!IsCausal || a.Queries == a.Keys) && (mask is not { } m || IsMaskOfKeys(m) || IsByQuery(a, m));

    /// <summary>Whether a mask is the same for all heads and queries.</summary>
    public static bool IsMaskOfKeys(TensorType mask) => mask.Rank < 2 || (mask.Shape[-2] == 1 && (mask.Rank < 3 || mask.Shape[-3] == 1));

    /// <summary>Whether a mask is fp32 <c>[batch, 1, queries, keys]</c>: added as it lies, the same for every head.</summary>
    public static bool IsByQuery(AttentionShape a, TensorType mask) => a.Queries > 1 && mask == new TensorType(ElementType.Float32, a.Batch, 1, a.Queries, a.Keys);

    /// <summary>The type that the general kernel computes in: fp64 where an operand has it, else fp32.</summary>
    public static ElementType Compute(Signature s)
        => s.Input(0).Element == ElementType.Float64 || s.Input(2).Element == ElementType.Float64 ? ElementType.Float64 : ElementType.Float32;

    /// <summary>FLOPs of one product between queries and keys; causal attention needs half.</summary>
    protected double Product(AttentionShape a) => 2.0 * a.Scores * a.Width * (IsCausal ? 0.5 : 1);

    /// <summary>FLOPs of the forward pass.</summary>
    protected double Forward(AttentionShape a) => Product(a) * (1 + (double)a.ValueWidth / Math.Max(a.Width, 1)) + 5.0 * a.Scores;

    /// <summary>What no shape tells: the kinds of the optional inputs.</summary>
    protected static void Check(Signature s, AttentionShape a)
    {
        if (!s.Has(6)) return;
        if (s.Has(4)) throw new GraphException("nonpad_kv_seqlen and past_key can't both be there: a cache is kept either inside of this node or outside");
        if (s.Input(6) != new TensorType(ElementType.Int64, a.Batch)) throw new GraphException($"nonpad_kv_seqlen is {s.Input(6)}; int64[{a.Batch}] is needed, one count a sequence");
    }

    public override void Write(OnnxAttributes a)
    {
        if (IsCausal) a.Set("is_causal", true);
        if (Scale is { } scale) a.Set("scale", scale);
        if (Softcap != 0) a.Set("softcap", Softcap);
        if (SoftmaxPrecision is { } precision) a.Set("softmax_precision", (long)OnnxTypes.Code(precision));
        if (ScoresOutput != AttentionScores.Raw) a.Set("qk_matmul_output_mode", (long)ScoresOutput);
        if (LeftWindow >= 0) a.Set("left_window_size", LeftWindow);
        if (RightWindow >= 0) a.Set("right_window_size", RightWindow);
        if (QueryHeads == 0) return;
        a.Set("q_num_heads", QueryHeads);
        a.Set("kv_num_heads", KeyHeads > 0 ? KeyHeads : QueryHeads);
    }

    private static TensorType? Optional(Signature s, int input) => s.Has(input) ? s.Input(input) : null;

    /// <summary>Scores that are held at once at the most: 64 MiB of bf16.</summary>
    private const long MostScores = 32 << 20;
}

/// <summary>What attention's fourth output holds, in ONNX's numbers (<c>qk_matmul_output_mode</c>).</summary>
public enum AttentionScores
{
    /// <summary>Scaled products of queries and keys.</summary>
    Raw = 0,

    /// <summary>After the soft cap.</summary>
    Capped = 1,

    /// <summary>After the mask.</summary>
    Masked = 2,

    /// <summary>After the softmax.</summary>
    Weights = 3,
}
