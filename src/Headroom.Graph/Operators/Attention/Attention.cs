using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Scaled dot-product attention, <c>softmax(scale · Q Kᵀ + mask) · V</c>, head by head. Query, key and value are <c>[batch, seq, heads · width]</c> or <c>[batch, heads, seq, width]</c>, the result is like the query;
/// a mask, optional, is bool (true: seen) or is added to the scores. They may be strided views, such as thirds of one packed projection. A query that sees no key has no defined result.
/// </summary>
/// <remarks>ONNX <c>Attention</c>, opset 23, without past, present, soft cap and grouped queries; before opset 23 it is exported as the products and the softmax it stands for. Vaswani et al., arXiv:1706.03762, eq. 1.</remarks>
[OnnxOperator(23)]
public sealed class Attention : AttentionOperator
{
    public static Operator Read(OnnxAttributes a)
    {
        if (a.Float("softcap", 0) != 0) throw new GraphException($"softcap {a.Float("softcap", 0)} isn't supported; export the model with the attention decomposed");
        return new Attention
        {
            IsCausal = a.Flag("is_causal"),
            Scale = a.Has("scale") ? a.Float("scale", 0) : null,
            QueryHeads = a.Int("q_num_heads", 0),
            KeyHeads = a.Int("kv_num_heads", 0),
        };
    }

    public override bool AcceptsStrides(int input) => input < 3;

    public override TensorType[] Infer(Signature s)
    {
        if (s.Has(4) || s.Has(5)) throw new GraphException("past keys and values aren't supported; concatenate them before the node");
        if (Enumerable.Range(1, 3).Any(s.Wants)) throw new GraphException("present keys, present values and the scores can't be had as outputs; only the first output is supported");
        ShapeOf(s);
        return [s.Input(0)];
    }

    public override Cost Cost(Signature s) => new(2 * Product(ShapeOf(s)) + 5.0 * ShapeOf(s).Scores, s.InputBytes, s.OutputBytes);

    public override void Train(TrainingRewrite r)
    {
        Value y = r.Node.Outputs[0];
        r.Replace(new AttentionTraining(this), r.Node.Inputs, [y, new Value($"{y}.log_sum_exp")]);
    }

    public override void Gradient(Backward b)
    {
        // A node in its inference form kept no log-sum-exp: it is made again.
        ImmutableArray<Value> again = b.AddMany(new AttentionTraining(this), 2, b.Input(0), b.Input(1), b.Input(2), b.Input(3));
        AttentionGradient.Accumulate(b, this, again[0], again[1]);
    }

    public override void Write(OnnxAttributes a)
    {
        if (IsCausal) a.Set("is_causal", true);
        if (Scale is { } scale) a.Set("scale", scale);
        if (QueryHeads > 0)
        {
            a.Set("q_num_heads", QueryHeads);
            a.Set("kv_num_heads", KeyHeads > 0 ? KeyHeads : QueryHeads);
        }
    }

    public override void Export(OnnxExport e)
    {
        if (e.Opset < 23) AttentionExport.Decompose(this, e);
        else if (e.Node.Inputs.Length > 3 && e.Node.Inputs[3].Exists) AttentionExport.WithWholeMask(this, e);
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
        return [s.Input(0), new TensorType(element, a.Batch, a.Queries, a.Heads)];
    }

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => output == 0 || inputs[0] == ElementType.Float64 ? inputs[0] : ElementType.Float32;

    public override Cost Cost(Signature s) => new(2 * Product(ShapeOf(s)) + 5.0 * ShapeOf(s).Scores, s.InputBytes, s.OutputBytes);

    public override void Gradient(Backward b) => AttentionGradient.Accumulate(b, this, b.Output(0), b.Output(1));
}

/// <summary>The gradients of attention. Inputs: dy, query, key, value, and, where the blocked kernel is used, y and the log-sum-exp; the mask last. Outputs: those by query, key and value.</summary>
public sealed class AttentionGradient : AttentionOperator
{
    public AttentionGradient() { }

    internal AttentionGradient(AttentionOperator other) : base(other) { }

    public override string Domain => "headroom";

    public override bool AcceptsStrides(int input) => input is >= 1 and <= 3;

    public override TensorType[] Infer(Signature s)
    {
        ShapeOf(s, 1, 6);
        return [s.Input(1), s.Input(2), s.Input(3)];
    }

    // Scores and weights once more, then four products.
    public override Cost Cost(Signature s) => new(5 * Product(ShapeOf(s, 1, 6)) + 9.0 * ShapeOf(s, 1, 6).Scores, s.InputBytes, s.OutputBytes);

    internal static void Accumulate(Backward b, AttentionOperator forward, Value y, Value logSumExp)
    {
        if (!b.OutputGradient(0).Exists) return;
        if (b.Needs(3)) throw new GraphException("the gradient by an attention mask isn't supported; a learned bias can't be trained through it");
        TensorType? mask = b.Input(3).Exists ? b.Type(b.Input(3)) : null;
        bool products = forward.ByProducts(forward.ShapeOf(b.Signature), b.Signature.Input(0), mask);
        ImmutableArray<Value> g = b.AddMany(new AttentionGradient(forward), 3, b.OutputGradient(0), b.Input(0), b.Input(1), b.Input(2),
            products ? Value.None : y, products ? Value.None : logSumExp, b.Input(3));
        for (int i = 0; i < 3; i++) if (b.Needs(i)) b.Accumulate(i, g[i]);
    }
}
