using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Rotary position embedding: pairs of a head's features are turned by an angle that grows with the position, <c>(x₁ cos - x₂ sin, x₁ sin + x₂ cos)</c>. The input is <c>[batch, heads, seq, width]</c> or
/// <c>[batch, seq, heads · width]</c>; cosines and sines are <c>[positions, rotated / 2]</c>, read at the fourth input, int64 <c>[batch, seq]</c>, or, without it, <c>[batch, seq, rotated / 2]</c>.
/// </summary>
/// <remarks>ONNX <c>RotaryEmbedding</c>, opset 23; before that it is exported as the products it stands for. Su et al., arXiv:2104.09864, eq. 34.</remarks>
[OnnxOperator(23)]
public sealed class RotaryEmbedding : RotaryOperator
{
    public static Operator Read(OnnxAttributes a) => new RotaryEmbedding { Interleaved = a.Flag("interleaved"), Heads = a.Int("num_heads", 0), RotaryWidth = a.Int("rotary_embedding_dim", 0) };

    public override TensorType[] Infer(Signature s)
    {
        ShapeOf(s);
        return [s.Input(0)];
    }

    public override void Decode(DecodingRewrite r)
    {
        int axis = r.Signature.Input(0).Rank == 3 ? 1 : 2;
        if (r.Axis(0) != new SequenceAxis(axis) || r.Axis(1) is not null || r.Axis(2) is not null || r.Axis(3) is not null) throw r.Mixes();
        // Places in a table, or cosines and sines of each place.
        if (r.Signature.Has(3)) r.Replace(this, [r.Input(0), r.Input(1), r.Input(2), r.Rows(3, 1)], new SequenceAxis(axis));
        else r.Replace(this, [r.Input(0), r.Rows(1, 1), r.Rows(2, 1)], new SequenceAxis(axis));
    }

    public override Cost Cost(Signature s) => new(3.0 * s.Output(0).Elements, s.InputBytes, s.OutputBytes);

    public override int MayOverwrite(int output) => 0;

    public override void Gradient(Backward b)
    {
        Value dy = b.OutputGradient(0);
        if (b.Needs(0)) b.Accumulate(0, b.Add(new RotaryGradient(this), dy, b.Input(1), b.Input(2), b.Input(3)));
        if (!b.Needs(1) && !b.Needs(2)) return;
        ImmutableArray<Value> g = b.AddMany(new RotaryCacheGradient(this), 2, b.Input(0), b.Input(1), b.Input(2), b.Input(3), dy);
        for (int i = 1; i <= 2; i++) if (b.Needs(i)) b.Accumulate(i, g[i - 1]);
    }

    public override void Write(OnnxAttributes a)
    {
        if (Interleaved) a.Set("interleaved", true);
        if (Heads > 0) a.Set("num_heads", Heads);
        if (RotaryWidth > 0) a.Set("rotary_embedding_dim", RotaryWidth);
    }

    public override void Export(OnnxExport e)
    {
        if (e.Opset < 23) RotaryExport.Decompose(this, e);
        else base.Export(e);
    }
}

/// <summary>The gradient of <see cref="RotaryEmbedding"/> by its input: the turn back. Inputs: dy, cosines, sines, positions.</summary>
public sealed class RotaryGradient : RotaryOperator
{
    public RotaryGradient() { }

    internal RotaryGradient(RotaryOperator other) : base(other) { }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        ShapeOf(s);
        return [s.Input(0)];
    }

    public override Cost Cost(Signature s) => new(3.0 * s.Output(0).Elements, s.InputBytes, s.OutputBytes);

    public override int MayOverwrite(int output) => 0;
}

/// <summary>The gradients of <see cref="RotaryEmbedding"/> by cosines and sines, summed over heads and over tokens at the same position. Inputs: x, cosines, sines, positions, dy.</summary>
public sealed class RotaryCacheGradient : RotaryOperator
{
    public RotaryCacheGradient() { }

    internal RotaryCacheGradient(RotaryOperator other) : base(other) { }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        ShapeOf(s);
        return [s.Input(1), s.Input(2)];
    }

    public override Cost Cost(Signature s) => new(3.0 * s.Input(0).Elements, s.InputBytes, s.OutputBytes);
}

/// <summary>What a rotary embedding and its gradients share.</summary>
public abstract class RotaryOperator : Operator
{
    protected RotaryOperator() { }

    protected RotaryOperator(RotaryOperator other) => (Interleaved, Heads, RotaryWidth) = (other.Interleaved, other.Heads, other.RotaryWidth);

    /// <summary>Pairs are neighbours; otherwise a feature of the first half and its counterpart of the second.</summary>
    public bool Interleaved { get; init; }

    /// <summary>Heads that lie side by side in an input of rank 3; 0 where the rank is 4.</summary>
    public long Heads { get; init; }

    /// <summary>How many features of a head, from the first, are turned; 0: all.</summary>
    public long RotaryWidth { get; init; }

    // Cosines and sines follow what is turned.
    public override Precision Precision => Precision.First;

    /// <summary>The extents.</summary>
    /// <exception cref="GraphException">The inputs don't fit.</exception>
    public RotaryShape ShapeOf(Signature s)
    {
        TensorType x = s.Input(0), cos = s.Input(1), sin = s.Input(2);
        if (!x.Element.IsFloat() || cos.Element != x.Element || sin.Element != x.Element) throw new GraphException($"the input {x}, cosines {cos} and sines {sin} must be of one floating type; cast them");
        if (x.Rank is not (3 or 4)) throw new GraphException($"the input is {x.Shape}; [batch, heads, seq, width] or [batch, seq, heads · width] is needed");
        if (x.Rank == 3 && (Heads < 1 || x.Shape[2] % Heads != 0)) throw new GraphException($"num_heads is {Heads}; an input of rank 3 needs it, and its last axis, {x.Shape[2]}, must be a multiple");
        var r = new RotaryShape(x.Rank == 3, x.Shape[0], x.Rank == 3 ? Heads : x.Shape[1], x.Shape[-2], x.Rank == 3 ? x.Shape[2] / Heads : x.Shape[3], RotaryWidth);
        if (RotaryWidth < 0 || r.Rotated % 2 != 0 || r.Rotated > r.Width) throw new GraphException($"{r.Rotated} of {r.Width} features are to be turned; an even number, no more than there are, is needed");
        Shape wanted = s.Has(3) ? new Shape(cos.Rank == 2 ? cos.Shape[0] : 0, r.Rotated / 2) : new Shape(r.Batch, r.Seq, r.Rotated / 2);
        if (cos.Shape != wanted || sin.Shape != wanted)
            throw new GraphException($"cosines {cos.Shape} and sines {sin.Shape}: {(s.Has(3) ? $"[positions, {r.Rotated / 2}]" : wanted.ToString())} is needed {(s.Has(3) ? "with" : "without")} position_ids");
        if (s.Has(3) && s.Input(3) != new TensorType(ElementType.Int64, r.Batch, r.Seq)) throw new GraphException($"position_ids is {s.Input(3)}; int64[{r.Batch}, {r.Seq}] is needed");
        return r;
    }
}

/// <summary>The extents of one rotary embedding.</summary>
/// <param name="Packed"><c>[batch, seq, heads · width]</c>, otherwise <c>[batch, heads, seq, width]</c>.</param>
/// <param name="Batch">Sequences.</param>
/// <param name="Heads">Heads.</param>
/// <param name="Seq">Positions.</param>
/// <param name="Width">Features of a head.</param>
/// <param name="Asked">The attribute: 0 means all.</param>
public readonly record struct RotaryShape(bool Packed, long Batch, long Heads, long Seq, long Width, long Asked)
{
    /// <summary>Features of a head that are turned.</summary>
    public long Rotated => Asked == 0 ? Width : Asked;
}
