namespace Headroom.Graph.Operators;

/// <summary>What layer and root-mean-square normalization ask of their parameters.</summary>
internal static class NormalizedAxes
{
    /// <summary>The extents from <paramref name="axis"/> on.</summary>
    public static Shape Of(TensorType x, long axis)
    {
        if (!x.Element.IsFloat()) throw new GraphException($"the input is {x}; normalization takes floats: cast it");
        var normalized = new Shape(x.Shape.Dims[x.Shape.Axis(axis)..]);
        if (normalized.Elements == 0) throw new GraphException($"the normalized axes {normalized} of {x} are empty");
        return normalized;
    }

    /// <summary>The normalized axes, counted from the front.</summary>
    public static int[] Listed(TensorType x, long axis) => [.. Enumerable.Range(0, x.Rank).Skip(x.Shape.Axis(axis))];

    /// <exception cref="GraphException">A parameter can't be broadcast to the input.</exception>
    public static void RequireBroadcast(TensorType x, Shape normalized, TensorType parameter, string name)
    {
        if (parameter.Shape == normalized) return;
        for (int i = 1; i <= parameter.Rank; i++)
            if (i > x.Rank || (parameter.Shape[-i] != 1 && parameter.Shape[-i] != x.Shape[-i])) throw new GraphException($"{name} is {parameter}, the normalized axes of {x} are {normalized}: it can't be broadcast to them");
    }

    /// <summary>The statistics' shape: the normalized axes as extents of 1.</summary>
    public static Shape Kept(TensorType x, long axis)
    {
        Shape kept = x.Shape;
        for (int i = x.Shape.Axis(axis); i < x.Rank; i++) kept = kept.With(i, 1);
        return kept;
    }

    /// <summary>Ones in the shape of the normalized axes: with them a normalization only normalizes.</summary>
    public static Value Ones(Backward b, Shape normalized, ElementType element) => b.Constant(TensorData.Fill(element, normalized, 1));
}
