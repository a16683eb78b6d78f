using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Elementwise;

/// <summary>How two operands of any strides are walked beside a contiguous result: neighbouring axes that lie behind one another in all three are one, so the innermost run is as long as it can be.</summary>
internal unsafe struct Walk
{
    private const int Most = 12;
    private fixed long _extents[Most];
    private fixed long _a[Most];
    private fixed long _b[Most];
    private int _outer;

    /// <summary>Length of the innermost run.</summary>
    public long Inner;

    /// <summary>Elements between neighbours of the innermost run; 0 where the operand is broadcast.</summary>
    public long StrideA, StrideB;

    /// <summary>Elements of the result.</summary>
    public long Count;

    public static Walk Create(Shape result, Tensor a, Tensor b, string node)
    {
        ReadOnlySpan<long> sizesA = a.Sizes, sizesB = b.Sizes, stridesA = a.Strides, stridesB = b.Strides;
        var w = new Walk { Inner = 1, Count = result.Elements };
        for (int i = 1; i <= result.Rank; i++)
        {
            long extent = result[-i];
            if (extent == 1) continue;
            long sa = i <= sizesA.Length && sizesA[^i] != 1 ? stridesA[^i] : 0, sb = i <= sizesB.Length && sizesB[^i] != 1 ? stridesB[^i] : 0;
            if (w._outer == 0 && w.Inner == 1) (w.Inner, w.StrideA, w.StrideB) = (extent, sa, sb);
            else if (w._outer == 0 && sa == w.StrideA * w.Inner && sb == w.StrideB * w.Inner) w.Inner *= extent;
            else if (w._outer > 0 && sa == w._a[w._outer - 1] * w._extents[w._outer - 1] && sb == w._b[w._outer - 1] * w._extents[w._outer - 1]) w._extents[w._outer - 1] *= extent;
            else
            {
                if (w._outer == Most) throw new GraphException($"node '{node}': operands of {Most} and more axes that can't be walked as fewer are not supported; reshape them");
                (w._extents[w._outer], w._a[w._outer], w._b[w._outer]) = (extent, sa, sb);
                w._outer++;
            }
        }
        return w;
    }

    /// <summary>Where both operands stand at the start of a run.</summary>
    public readonly (long A, long B) At(long run)
    {
        long a = 0, b = 0;
        for (int i = 0; i < _outer; i++)
        {
            long at = run % _extents[i];
            run /= _extents[i];
            a += at * _a[i];
            b += at * _b[i];
        }
        return (a, b);
    }
}
