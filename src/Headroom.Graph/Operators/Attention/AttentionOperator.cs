namespace Headroom.Graph.Operators;

/// <summary>What the forms of attention share. Inputs: query, key, value and, optional, a mask that is broadcast to <c>[batch, heads, queries, keys]</c>.</summary>
public abstract class AttentionOperator : Operator
{
    protected AttentionOperator() { }

    protected AttentionOperator(AttentionOperator other)
    {
        IsCausal = other.IsCausal;
        Scale = other.Scale;
        QueryHeads = other.QueryHeads;
        KeyHeads = other.KeyHeads;
    }

    /// <summary>Query i sees the keys up to i: the upper left alignment, as ONNX has it.</summary>
    public bool IsCausal { get; init; }

    /// <summary>What scores are multiplied by; null: <c>1 / √width</c>.</summary>
    public float? Scale { get; init; }

    /// <summary>ONNX's <c>q_num_heads</c>: needed where the inputs have rank 3.</summary>
    public long QueryHeads { get; init; }

    /// <summary>ONNX's <c>kv_num_heads</c>; 0: as many as the query has.</summary>
    public long KeyHeads { get; init; }

    public override Precision Precision => Precision.Half;

    // A mask of -1e9 loses nothing in fp32, and is small.
    public override bool CastsInput(int input) => input < 3;

    /// <summary>The scale of a head of this width.</summary>
    public double ScaleOf(AttentionShape a) => Scale ?? 1 / Math.Sqrt(a.Width);

    /// <summary>The extents, from four inputs in a row: query, key, value, mask.</summary>
    /// <param name="s">The node's types.</param>
    /// <param name="first">Where the query stands.</param>
    /// <param name="mask">Where the mask stands.</param>
    public AttentionShape ShapeOf(Signature s, int first = 0, int mask = 3)
        => AttentionShape.Of(s.Input(first), s.Input(first + 1), s.Input(first + 2), s.Has(mask) ? s.Input(mask) : null, QueryHeads, KeyHeads);

    /// <summary>
    /// Whether two batched products with a softmax between them are taken rather than a blocked kernel that never holds the scores. In bf16 they are faster while the scores are small;
    /// the gradient then makes the weights again from query and key.
    /// </summary>
    /// <remarks>Measured on two cores of Zen 4, at 8 x 6 heads x 256 x 64 causal: 1.8 times as fast forward and 3 times backward; at 32 x 4 x 128 x 64: 1.8 and 10 times.</remarks>
    public bool ByProducts(AttentionShape a, TensorType q, TensorType? mask)
        => q.Element == ElementType.BFloat16 && a.Scores <= MostScores && (!IsCausal || a.Queries == a.Keys)
            && (mask is not { } m || m.Rank < 2 || (m.Shape[-2] == 1 && (m.Rank < 3 || m.Shape[-3] == 1)));

    /// <summary>FLOPs of one product between queries and keys; causal attention needs half.</summary>
    protected double Product(AttentionShape a) => 2.0 * a.Scores * a.Width * (IsCausal ? 0.5 : 1);

    /// <summary>Scores that are held at once at the most: 64 MiB of bf16.</summary>
    private const long MostScores = 32 << 20;
}
