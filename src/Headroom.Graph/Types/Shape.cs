using System.Collections.Immutable;
using System.Globalization;

namespace Headroom.Graph;

/// <summary>The static extents of a tensor, outermost first; a scalar has none.</summary>
public readonly struct Shape : IEquatable<Shape>
{
    private readonly ImmutableArray<long> _dims;

    public Shape(params ReadOnlySpan<long> dims)
    {
        foreach (long d in dims)
            if (d < 0) throw new ArgumentOutOfRangeException(nameof(dims), $"a static extent can't be {d}");
        _dims = [.. dims];
    }

    public static Shape Scalar => default;

    public ReadOnlySpan<long> Dims => _dims.IsDefault ? [] : _dims.AsSpan();

    public int Rank => _dims.IsDefault ? 0 : _dims.Length;

    /// <summary>The extent of an axis; a negative axis counts from the end.</summary>
    public long this[int axis] => Dims[axis < 0 ? axis + Rank : axis];

    /// <summary>The product of the extents; 1 for a scalar.</summary>
    /// <exception cref="OverflowException">The product doesn't fit 63 bits.</exception>
    public long Elements
    {
        get
        {
            long n = 1;
            foreach (long d in Dims) n = checked(n * d);
            return n;
        }
    }

    /// <summary>Row-major strides, in elements.</summary>
    public long[] Strides()
    {
        var strides = new long[Rank];
        long step = 1;
        for (int i = Rank - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= this[i];
        }
        return strides;
    }

    /// <summary>An axis in <c>[-rank, rank)</c> as one in <c>[0, rank)</c>.</summary>
    /// <exception cref="GraphException">The axis is outside the rank.</exception>
    public int Axis(long axis)
    {
        if (axis < -Rank || axis >= Rank) throw new GraphException($"axis {axis} is outside a tensor of rank {Rank} {this}");
        return (int)(axis < 0 ? axis + Rank : axis);
    }

    public Shape With(int axis, long extent)
    {
        long[] dims = Dims.ToArray();
        dims[axis < 0 ? axis + Rank : axis] = extent;
        return new Shape(dims);
    }

    /// <summary>The shape two operands have together by ONNX's (numpy's) broadcasting rule.</summary>
    /// <exception cref="GraphException">Two extents differ and neither is 1.</exception>
    public static Shape Broadcast(Shape a, Shape b)
    {
        var dims = new long[Math.Max(a.Rank, b.Rank)];
        for (int i = 1; i <= dims.Length; i++)
        {
            long x = i <= a.Rank ? a[a.Rank - i] : 1, y = i <= b.Rank ? b[b.Rank - i] : 1;
            if (x != y && x != 1 && y != 1) throw new GraphException($"{a} and {b} can't be broadcast together: {x} meets {y}");
            dims[^i] = x == 1 ? y : x;
        }
        return new Shape(dims);
    }

    public bool Equals(Shape other) => Dims.SequenceEqual(other.Dims);

    public override bool Equals(object? obj) => obj is Shape s && Equals(s);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (long d in Dims) hash.Add(d);
        return hash.ToHashCode();
    }

    public static bool operator ==(Shape a, Shape b) => a.Equals(b);

    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);

    /// <summary><c>[32, 128, 256]</c>.</summary>
    public override string ToString() => "[" + string.Join(", ", Dims.ToArray().Select(d => d.ToString(CultureInfo.InvariantCulture))) + "]";
}
