using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Scaled dot-product attention, <c>softmax(scale · Q Kᵀ + mask) · V</c>, head by head. Query, key and value are <c>[batch, seq, heads · width]</c> or <c>[batch, heads, seq, width]</c>, the result is like the query,
/// as wide as the value; a mask, optional, is bool (true: seen) or is added to the scores, and hides the keys that it is too short for. Heads of key and value may be shared by groups of query heads. Query, key and
/// value may be strided views, such as thirds of one packed projection. A query that sees no key gives zeros. Outputs: the result; key and value with the past before them <c>[batch, heads, seq, width]</c>;
/// the scores <c>[batch, heads, queries, keys]</c> in the state that <see cref="AttentionOperator.ScoresOutput"/> says.
/// </summary>
/// <remarks>ONNX <c>Attention</c>, opsets 23 to 25; before opset 23 it is exported as the products and the softmax it stands for. Vaswani et al., arXiv:1706.03762, eq. 1; grouped queries: Ainslie et al., arXiv:2305.13245.</remarks>
[OnnxOperator(23)]
public sealed class Attention : AttentionOperator
{
    public static Operator Read(OnnxAttributes a)
    {
        long precision = a.Int("softmax_precision", 0), scores = a.Int("qk_matmul_output_mode", 0);
        if (scores is < 0 or > 3) throw new GraphException($"qk_matmul_output_mode is {scores}; 0 to 3 are known");
        ElementType? element = OnnxTypes.Element(precision);
        if (precision != 0 && element?.IsFloat() != true) throw new GraphException($"softmax_precision is {OnnxTypes.Name(precision)}; a floating type is needed");
        return new Attention
        {
            IsCausal = a.Flag("is_causal"),
            Scale = a.Has("scale") ? a.Float("scale", 0) : null,
            QueryHeads = a.Int("q_num_heads", 0),
            KeyHeads = a.Int("kv_num_heads", 0),
            Softcap = a.Float("softcap", 0),
            SoftmaxPrecision = element,
            ScoresOutput = (AttentionScores)scores,
            LeftWindow = Window(a, "left_window_size"),
            RightWindow = Window(a, "right_window_size"),
        };
    }

    private static long Window(OnnxAttributes a, string name) => a.Int(name, -1) is >= -1 and var w ? w : throw new GraphException($"{name} is {a.Int(name, -1)}; -1 (no bound) or more is needed");

    public override bool AcceptsStrides(int input) => input < 3;

    public override TensorType[] Infer(Signature s)
    {
        AttentionShape a = ShapeOf(s);
        Check(s, a);
        ElementType q = s.Input(0).Element;
        return
        [
            new TensorType(q, a.Result), new TensorType(q, a.Batch, a.KeyHeads, a.Keys, a.Width), new TensorType(s.Input(2).Element, a.Batch, a.KeyHeads, a.Keys, a.ValueWidth), new TensorType(q, a.Mask),
        ];
    }

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => inputs[output == 2 ? 2 : 0];

    public override void Decode(DecodingRewrite r)
    {
        Signature s = r.Signature;
        if (!IsCausal) throw r.Mixes("lets a token see those behind it");
        if (r.Node.Inputs.Skip(3).Any(v => v.Exists) || r.Node.Outputs.Skip(1).Any(v => v.Exists)) throw r.Mixes("has a mask, a past or more outputs of its own");
        if (SoftmaxPrecision is not (null or ElementType.Float32)) throw r.Mixes($"rounds its scores to {SoftmaxPrecision.Value.ShortName()}");
        AttentionShape a = ShapeOf(s);
        var axis = new SequenceAxis(a.Packed ? 1 : 2);
        for (int i = 0; i < 3; i++) if (r.Axis(i) != axis) throw r.Mixes();
        if (a.Queries != a.Keys || s.Input(0).Element is not (ElementType.Float32 or ElementType.BFloat16) || s.Input(2).Element != s.Input(0).Element) throw r.Mixes($"has query {s.Input(0)}, key {s.Input(1)} and value {s.Input(2)}; all in fp32 or all in bf16, equally long, are cached");
        Value keys = r.Cache(1, "key", a.KeyHeads, a.Width), values = r.Cache(2, "value", a.KeyHeads, a.ValueWidth);
        r.Replace(new CacheAttention(this), [r.Input(0), keys, values, r.Positions, r.Last], axis);
    }

    public override Cost Cost(Signature s) => new(Forward(ShapeOf(s)), s.InputBytes, s.OutputBytes);

    public override void Train(TrainingRewrite r)
    {
        // What only the general kernel does, it does from the inputs again; the rest keeps the log-sum-exp.
        if (r.Node.Inputs.Skip(4).Any(v => v.Exists) || r.Node.Outputs.Skip(1).Any(v => v.Exists) || Softcap != 0 || SoftmaxPrecision is not null || LeftWindow >= 0 || RightWindow >= 0)
        {
            r.Keep();
            return;
        }
        Value y = r.Node.Outputs[0];
        r.Replace(new AttentionTraining(this), r.Node.Inputs, [y, new Value($"{y}.log_sum_exp")]);
    }

    public override void Gradient(Backward b)
    {
        if (!AttentionGradient.Takes(b, this) || Enumerable.Range(1, 3).Any(i => b.OutputGradient(i).Exists))
        {
            AttentionGeneralGradient.Accumulate(b, this);
            return;
        }
        if (!b.OutputGradient(0).Exists) return;
        // A node in its inference form kept no log-sum-exp: it is made again.
        ImmutableArray<Value> again = b.AddMany(new AttentionTraining(this), 2, b.Input(0), b.Input(1), b.Input(2), b.Input(3));
        AttentionGradient.Accumulate(b, this, again[0], again[1]);
    }

    public override void Export(OnnxExport e)
    {
        bool cached = e.Node.Inputs.Skip(4).Any(v => v.Exists);
        if (e.Opset < 23) AttentionExport.Decompose(this, e);
        else if ((LeftWindow >= 0 || RightWindow >= 0) && e.Opset < 25) throw new GraphException("a window exists in ONNX's attention since opset 25; export with opset 25 or later");
        else if (e.Node.Inputs.Length > 6 && e.Node.Inputs[6].Exists && e.Opset < 24) throw new GraphException("nonpad_kv_seqlen exists in ONNX's attention since opset 24; export with opset 24 or later");
        else if (!cached && e.Node.Inputs.Length > 3 && e.Node.Inputs[3].Exists) AttentionExport.WithWholeMask(this, e);
        else base.Export(e);
    }
}

/// <summary><see cref="Attention"/> in a training step. Outputs: the result, and the log-sum-exp of each query's scores <c>[batch, queries, heads]</c>, from which the gradient makes the weights again.</summary>
/// <remarks>Dao et al., arXiv:2205.14135, section 3.1.</remarks>
public sealed class AttentionTraining : AttentionOperator
{
    public AttentionTraining() { }

    internal AttentionTraining(AttentionOperator other) : base(other) { }

    public override string Domain => "headroom";

    public override bool AcceptsStrides(int input) => input < 3;

    public override TensorType[] Infer(Signature s)
    {
        AttentionShape a = ShapeOf(s);
        ElementType element = s.Input(0).Element == ElementType.Float64 ? ElementType.Float64 : ElementType.Float32;
        return [new TensorType(s.Input(0).Element, a.Result), new TensorType(element, a.Batch, a.Queries, a.Heads)];
    }

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => output == 0 || inputs[0] == ElementType.Float64 ? inputs[0] : ElementType.Float32;

    public override Cost Cost(Signature s) => new(Forward(ShapeOf(s)), s.InputBytes, s.OutputBytes);

    public override void Gradient(Backward b)
    {
        if (!AttentionGradient.Takes(b, this)) AttentionGeneralGradient.Accumulate(b, this);
        else AttentionGradient.Accumulate(b, this, b.Output(0), b.Output(1));
    }
}

/// <summary>The gradients of attention. Inputs: dy, query, key, value, and, where the blocked kernel is used, y and the log-sum-exp; the mask last. Outputs: those by query, key and value; or one, where they are <see cref="Joined"/>.</summary>
public sealed class AttentionGradient : AttentionOperator
{
    public AttentionGradient() { }

    internal AttentionGradient(AttentionOperator other) : base(other) { }

    /// <summary>The three gradients stand behind one another in one output <c>[batch, seq, 3 · heads · width]</c>: that by a packed projection.</summary>
    public bool Joined { get; init; }

    public override string Domain => "headroom";

    public override bool AcceptsStrides(int input) => input is >= 1 and <= 3;

    public override TensorType[] Infer(Signature s)
    {
        AttentionShape a = ShapeOf(s, 1, 6);
        if (!Joined) return [s.Input(1), s.Input(2), s.Input(3)];
        if (!IsJoinable(s)) throw new GraphException($"the gradients by {s.Input(1)}, {s.Input(2)} and {s.Input(3)} can't be joined: three of one type and shape [batch, seq, width] are needed");
        return [new TensorType(s.Input(1).Element, a.Batch, a.Queries, 3 * a.Heads * a.Width)];
    }

    // Scores and weights once more, then four products.
    public override Cost Cost(Signature s) => new(5 * Product(ShapeOf(s, 1, 6)) + 9.0 * ShapeOf(s, 1, 6).Scores, s.InputBytes, s.OutputBytes);

    /// <summary>Whether query, key and value are alike and packed.</summary>
    internal static bool IsJoinable(Signature s) => s.Input(1).Rank == 3 && s.Input(2) == s.Input(1) && s.Input(3) == s.Input(1);

    /// <summary>Whether this gradient fits a forward node: a plain one whose mask isn't learned.</summary>
    internal static bool Takes(Backward b, AttentionOperator forward) => forward.IsPlain(b.Signature) && !b.Needs(3);

    internal static void Accumulate(Backward b, AttentionOperator forward, Value y, Value logSumExp)
    {
        if (!b.OutputGradient(0).Exists) return;
        TensorType? mask = b.Input(3).Exists ? b.Type(b.Input(3)) : null;
        bool products = forward.ByProducts(forward.ShapeOf(b.Signature), b.Signature.Input(0), mask);
        ImmutableArray<Value> g = b.AddMany(new AttentionGradient(forward), 3, b.OutputGradient(0), b.Input(0), b.Input(1), b.Input(2),
            products ? Value.None : y, products ? Value.None : logSumExp, b.Input(3));
        for (int i = 0; i < 3; i++) if (b.Needs(i)) b.Accumulate(i, g[i]);
    }
}
