namespace Headroom.Graph.Operators;

/// <summary>What the maximum and the minimum over axes share.</summary>
public abstract class ExtremeReduceOperator : ReduceOperator
{
    /// <summary>Whether the greatest is wanted, rather than the least.</summary>
    protected abstract bool IsGreatest { get; }

    /// <summary>What the reduction of no element is: an infinity, or the end of an integer type's range.</summary>
    public TensorData OfNothing(ElementType type)
        => type.IsFloat() ? TensorData.Fill(type, Shape.Scalar, IsGreatest ? double.NegativeInfinity : double.PositiveInfinity) : type switch
        {
            ElementType.Int64 => TensorData.Scalar(IsGreatest ? long.MinValue : long.MaxValue),
            ElementType.Int32 => TensorData.Of(type, Shape.Scalar, [IsGreatest ? int.MinValue : int.MaxValue]),
            ElementType.Int8 => TensorData.Of(type, Shape.Scalar, [IsGreatest ? sbyte.MinValue : sbyte.MaxValue]),
            ElementType.UInt8 => TensorData.Of<byte>(type, Shape.Scalar, [IsGreatest ? byte.MinValue : byte.MaxValue]),
            _ => TensorData.Of<byte>(type, Shape.Scalar, [IsGreatest ? (byte)0 : (byte)1]),
        };

    public override TensorData[]? Fold(Signature s)
    {
        TensorData nothing = OfNothing(s.Input(0).Element);
        (long first, double start) = nothing.Type.Element.IsFloat() ? (0L, nothing.ToDoubles()[0]) : (nothing.ToLongs()[0], 0.0);
        return IsGreatest ? Folding.Reduce(s, Axes(s), first, Math.Max, start, Math.Max) : Folding.Reduce(s, Axes(s), first, Math.Min, start, Math.Min);
    }

    public override void Gradient(Backward b)
    {
        TensorType x = b.Signature.Input(0);
        Shape kept = x.Shape;
        foreach (int axis in Axes(b.Signature)) kept = kept.With(axis, 1);
        Value at = b.Add(new Cast { To = x.Element }, b.Add(new Equal(), b.Input(0), b.Reshape(b.Output(0), kept)));
        Value share = b.Add(new Div(), KeptGradient(b), b.SumTo(at, kept));
        b.Accumulate(0, b.Add(new Mul(), at, share));
    }

    protected override void Check(TensorType x) { }
}
