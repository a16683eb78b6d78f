namespace Headroom.Graph.Operators;

/// <summary>Computes small constants while a graph is built: the arithmetic on shapes that exporters leave in a model.</summary>
/// <remarks>This part moves elements; <c>Folding.Arithmetic.cs</c> computes with them.</remarks>
internal static partial class Folding
{
    /// <summary>The most elements that are computed here; larger constants are left to the run.</summary>
    public const int Limit = 1024;

    /// <summary>Whether all inputs are known and everything is small.</summary>
    public static bool Can(Signature s)
    {
        for (int i = 0; i < s.InputCount; i++)
            if (s.Has(i) && (s.Constant(i) is null || s.Input(i).Elements > Limit)) return false;
        return s.Outputs.All(t => t.Elements <= Limit);
    }

    /// <summary>The row-major element of an operand of shape <paramref name="from"/> that meets element <paramref name="index"/> of the shape it is broadcast to.</summary>
    public static long Source(Shape from, Shape to, long index)
    {
        long source = 0, step = 1;
        for (int i = 1; i <= to.Rank; i++)
        {
            long at = index % to[-i];
            index /= to[-i];
            if (i > from.Rank) continue;
            if (from[-i] != 1) source += at * step;
            step *= from[-i];
        }
        return source;
    }

    /// <summary>A tensor whose element i is a copy of the element of another tensor that <paramref name="source"/> names.</summary>
    public static TensorData Pick(TensorType type, Func<long, (TensorData From, long At)> source)
    {
        int size = type.Element.Size();
        var bytes = new byte[type.Bytes];
        for (int i = 0; i < bytes.Length / size; i++)
        {
            (TensorData from, long at) = source(i);
            from.Bytes.Slice((int)at * size, size).CopyTo(bytes.AsSpan(i * size));
        }
        return new TensorData(type, bytes);
    }

    /// <summary>The elements of input 0 in the output's shape.</summary>
    public static TensorData[]? Reshaped(Signature s) => Can(s) ? [new TensorData(s.Output(0), s.Constant(0)!.Bytes.ToArray())] : null;

    /// <summary>The outputs of an operator that are windows on an input (<see cref="Operator.View"/>), copied out of it: what any reshape, transpose, split or broadcast folds to.</summary>
    public static TensorData[]? Viewed(Operator op, Signature s)
    {
        if (!Can(s) || s.Constant(op.ViewInput) is not TensorData x) return null;
        long[] strides = x.Type.Shape.Strides();
        var results = new TensorData[s.Outputs.Length];
        for (int o = 0; o < results.Length; o++)
        {
            if (!s.Wants(o)) continue;
            TensorType type = s.Output(o);
            if (type.Element != x.Type.Element || op.View(s, o, strides) is not View view) return null;
            results[o] = Pick(type, i => (x, At(view, type.Shape, i)));
        }
        return results;
    }

    private static long At(View view, Shape shape, long index)
    {
        long at = view.Offset;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            at += index % shape[axis] * view.Strides[axis];
            index /= shape[axis];
        }
        return at;
    }
}
