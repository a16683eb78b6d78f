namespace Headroom.Graph.Operators;

/// <remarks>
/// Floating numbers are computed as doubles and rounded once, to the type: for one sum, product, quotient or root that is the type's own result.
/// Integers and bools are computed as 64-bit integers, exactly, and wrap to the type's width.
/// </remarks>
internal static partial class Folding
{
    /// <summary>A function of one operand, element by element; the output may have another type.</summary>
    public static TensorData[]? Unary(Signature s, Func<long, long> integers, Func<double, double> floats)
    {
        if (!Can(s)) return null;
        TensorData x = s.Constant(0)!;
        return x.Type.Element.IsFloat()
            ? [Rounded(s.Output(0), i => floats(Float(x, i)))]
            : [Integers(s.Output(0), i => integers(Integer(x, i)))];
    }

    /// <summary>Two operands, broadcast together; as floating numbers where either is one. What compares them gives 1 or 0.</summary>
    public static TensorData[]? Binary(Signature s, Func<long, long, long> integers, Func<double, double, double> floats)
    {
        if (!Can(s)) return null;
        TensorData a = s.Constant(0)!, b = s.Constant(1)!;
        TensorType type = s.Output(0);
        long At(TensorData x, long i) => Source(x.Type.Shape, type.Shape, i);
        if (!a.Type.Element.IsFloat() && !b.Type.Element.IsFloat()) return [Integers(type, i => integers(Integer(a, At(a, i)), Integer(b, At(b, i))))];
        return [Rounded(type, i => floats(Float(a, At(a, i)), Float(b, At(b, i))))];
    }

    /// <summary>All inputs, of one type, broadcast together and folded from the left.</summary>
    /// <param name="s">The node's types and constants.</param>
    /// <param name="integers">One step on integers.</param>
    /// <param name="floats">One step on floating numbers.</param>
    /// <param name="finish">What becomes of the folded number, such as a division by how many they were; floating only.</param>
    public static TensorData[]? Variadic(Signature s, Func<long, long, long> integers, Func<double, double, double> floats, Func<double, double>? finish = null)
    {
        if (!Can(s)) return null;
        TensorData[] x = [.. Enumerable.Range(0, s.InputCount).Select(k => s.Constant(k)!)];
        TensorType type = s.Output(0);
        long At(TensorData from, long i) => Source(from.Type.Shape, type.Shape, i);
        return type.Element.IsFloat()
            ? [Rounded(type, i =>
            {
                double all = x.Skip(1).Aggregate(Float(x[0], At(x[0], i)), (sum, y) => floats(sum, Float(y, At(y, i))));
                return finish is null ? all : finish(all);
            })]
            : [Integers(type, i => x.Skip(1).Aggregate(Integer(x[0], At(x[0], i)), (sum, y) => integers(sum, Integer(y, At(y, i)))))];
    }

    /// <summary>Input 0, reduced over axes.</summary>
    public static TensorData[]? Reduce(Signature s, int[] axes, long first, Func<long, long, long> integers, double start, Func<double, double, double> floats)
    {
        if (!Can(s)) return null;
        TensorData x = s.Constant(0)!;
        Shape kept = x.Type.Shape;
        foreach (int axis in axes) kept = kept.With(axis, 1);
        long[] whole = [.. Enumerable.Repeat(first, (int)kept.Elements)];
        double[] real = [.. Enumerable.Repeat(start, (int)kept.Elements)];
        for (long i = 0; i < x.Type.Elements; i++)
        {
            int at = (int)Source(kept, x.Type.Shape, i);
            if (x.Type.Element.IsFloat()) real[at] = floats(real[at], Float(x, i));
            else whole[at] = integers(whole[at], Integer(x, i));
        }
        return x.Type.Element.IsFloat() ? [Rounded(s.Output(0), i => real[i])] : [Integers(s.Output(0), i => whole[i])];
    }

    /// <summary>Input 0 in another type, by the rules of <see cref="Cast"/>; the other inputs' values don't matter.</summary>
    public static TensorData[]? Convert(Signature s, ElementType to)
    {
        if (s.Constant(0) is not TensorData x || x.Type.Elements > Limit) return null;
        TensorType type = new(to, x.Type.Shape);
        if (!x.Type.Element.IsFloat()) return [Integers(type, i => Integer(x, i))];
        return [Rounded(type, i => Float(x, i))];
    }

    private static TensorData Rounded(TensorType type, Func<long, double> element)
    {
        if (!type.Element.IsFloat() && type.Element != ElementType.Bool) return Integers(type, i => Numbers.Saturate(type.Element, element(i)));
        int size = type.Element.Size();
        var bytes = new byte[type.Bytes];
        for (int i = 0; i < bytes.Length / size; i++) Numbers.Write(type.Element, element(i), bytes.AsSpan(i * size, size));
        return new TensorData(type, bytes);
    }

    private static TensorData Integers(TensorType type, Func<long, long> element)
    {
        int size = type.Element.Size();
        var bytes = new byte[type.Bytes];
        for (int i = 0; i < bytes.Length / size; i++) Numbers.WriteInteger(type.Element, element(i), bytes.AsSpan(i * size, size));
        return new TensorData(type, bytes);
    }

    private static double Float(TensorData data, long i)
    {
        int size = data.Type.Element.Size();
        return Numbers.Read(data.Type.Element, data.Bytes.Slice((int)i * size, size));
    }

    private static long Integer(TensorData data, long i)
    {
        int size = data.Type.Element.Size();
        return Numbers.ReadInteger(data.Type.Element, data.Bytes.Slice((int)i * size, size));
    }
}
