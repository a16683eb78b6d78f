using System.Runtime.InteropServices;

namespace Headroom.Graph.Operators;

/// <summary>Computes small constants while a graph is built: the arithmetic on shapes that exporters leave in a model.</summary>
internal static class Folding
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

    /// <summary>One operand, element by element.</summary>
    public static TensorData[]? Unary(Signature s, Func<long, long> integers, Func<double, double> floats)
    {
        if (!Can(s)) return null;
        TensorData x = s.Constant(0)!;
        return [Compute(s.Output(0), x.Type.Element, i => x.Type.Element.IsFloat() ? (0, floats(Float(x, i))) : (integers(Integer(x, i)), 0))];
    }

    /// <summary>Two operands, broadcast together.</summary>
    public static TensorData[]? Binary(Signature s, Func<long, long, long> integers, Func<double, double, double> floats)
    {
        if (!Can(s)) return null;
        TensorData a = s.Constant(0)!, b = s.Constant(1)!;
        TensorType type = s.Output(0);
        return [Compute(type, a.Type.Element, i =>
        {
            long x = Source(a.Type.Shape, type.Shape, i), y = Source(b.Type.Shape, type.Shape, i);
            return a.Type.Element.IsFloat() ? (0, floats(Float(a, x), Float(b, y))) : (integers(Integer(a, x), Integer(b, y)), 0);
        })];
    }

    /// <summary>Input 0 in another type.</summary>
    public static TensorData[]? Convert(Signature s, ElementType to)
    {
        if (!Can(s)) return null;
        TensorData x = s.Constant(0)!;
        return [Compute(s.Output(0), x.Type.Element, i =>
        {
            if (x.Type.Element.IsFloat())
            {
                double v = Float(x, i);
                return ((long)v, to == ElementType.Bool && v != 0 ? 1 : v);
            }
            long n = Integer(x, i);
            return (to == ElementType.Bool && n != 0 ? 1 : n, n);
        })];
    }

    // Where the operands are floating the function gives a double, else a long; each is stored as the output's type wants it.
    private static TensorData Compute(TensorType type, ElementType operand, Func<long, (long Integer, double Float)> element)
    {
        int size = type.Element.Size();
        var bytes = new byte[type.Bytes];
        for (int i = 0; i < bytes.Length / size; i++)
        {
            (long n, double v) = element(i);
            Span<byte> at = bytes.AsSpan(i * size, size);
            if (type.Element.IsFloat() || (type.Element == ElementType.Bool && operand.IsFloat())) Numbers.Write(type.Element, operand.IsFloat() || v != 0 ? v : n, at);
            else WriteInteger(type.Element, operand.IsFloat() ? (long)v : n, at);
        }
        return new TensorData(type, bytes);
    }

    private static double Float(TensorData data, long i)
    {
        int size = data.Type.Element.Size();
        return Numbers.Read(data.Type.Element, data.Bytes.Slice((int)i * size, size));
    }

    private static long Integer(TensorData data, long i) => data.Type.Element switch
    {
        ElementType.Int64 => data.As<long>()[(int)i],
        ElementType.Int32 => data.As<int>()[(int)i],
        ElementType.Int8 => data.As<sbyte>()[(int)i],
        _ => data.Bytes[(int)i],
    };

    // Not through a double, which holds 53 bits: exporters write the largest int64 for "to the end".
    private static void WriteInteger(ElementType type, long value, Span<byte> at)
    {
        switch (type)
        {
            case ElementType.Int64: MemoryMarshal.Write(at, value); break;
            case ElementType.Int32: MemoryMarshal.Write(at, (int)value); break;
            case ElementType.Bool: at[0] = value != 0 ? (byte)1 : (byte)0; break;
            default: at[0] = (byte)value; break;
        }
    }
}
