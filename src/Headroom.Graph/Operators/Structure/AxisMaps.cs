namespace Headroom.Graph.Operators;

/// <summary>
/// What copies elements axis by axis: <c>y[i, j, ..] = x[map₀[i], map₁[j], ..]</c>, and a fill where an entry is -1. Tiling, padding and resizing to the nearest are such copies.
/// </summary>
public static class AxisMaps
{
    /// <summary>The map that changes nothing.</summary>
    public static long[] Identity(long extent)
    {
        var map = new long[extent];
        for (int i = 0; i < map.Length; i++) map[i] = i;
        return map;
    }

    /// <summary>The copy of a small constant, computed before the run.</summary>
    /// <param name="s">Input 0 is copied.</param>
    /// <param name="maps">Makes a map for each axis; asked only where all is known and small.</param>
    /// <param name="fill">One element for entries of -1; null: zero.</param>
    internal static TensorData[]? Fold(Signature s, Func<long[][]> maps, TensorData? fill = null)
    {
        if (!Folding.Can(s)) return null;
        TensorData x = s.Constant(0)!, zero = fill ?? TensorData.Fill(x.Type.Element, Shape.Scalar, 0);
        TensorType type = s.Output(0);
        long[] strides = x.Type.Shape.Strides();
        long[][] of = maps();
        return [Folding.Pick(type, i =>
        {
            long at = 0;
            for (int axis = type.Rank - 1; axis >= 0; axis--)
            {
                long from = of[axis][i % type.Shape[axis]];
                if (from < 0) return (zero, 0);
                at += from * strides[axis];
                i /= type.Shape[axis];
            }
            return (x, at);
        })];
    }
}

/// <summary>
/// The gradient of an axis-by-axis copy (<see cref="AxisMaps"/>) by its input: each element gets the sum of the gradients of all its copies. Input: dy, of the shape that the maps' lengths give.
/// </summary>
public sealed class AxisMapGradient : Operator
{
    /// <summary>The copied tensor's shape.</summary>
    public required long[] Extents { get; init; }

    /// <summary>For each axis, where each element of dy was copied from; -1 where it was not.</summary>
    public required long[][] Maps { get; init; }

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s)
    {
        TensorType dy = s.Input(0);
        var expected = new Shape([.. Maps.Select(m => m.LongLength)]);
        if (Maps.Length != Extents.Length || dy.Shape != expected) throw new GraphException($"the gradient is {dy}, the maps give {expected} from {new Shape(Extents)}");
        for (int axis = 0; axis < Maps.Length; axis++)
            if (Maps[axis].Any(from => from < -1 || from >= Extents[axis])) throw new GraphException($"a map of axis {axis} leaves its {Extents[axis]} elements");
        return [new TensorType(dy.Element, new Shape(Extents))];
    }

    public override Cost Cost(Signature s) => new(s.Input(0).Elements, s.InputBytes, s.OutputBytes);
}
