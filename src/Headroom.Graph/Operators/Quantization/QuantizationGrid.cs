namespace Headroom.Graph.Operators;

/// <summary>
/// Which scale an element of a quantized tensor has. The tensor is seen as <c>[outer, extent, inner]</c>; element (o, a, i) has the scale at
/// <c>o · OuterStep + a / Block · AxisStep + i · InnerStep</c>.
/// </summary>
public readonly record struct QuantizationGrid(long Outer, long Extent, long Inner, long Block, long OuterStep, long AxisStep, long InnerStep)
{
    /// <summary>The grid of a node: one scale for all, one for each index of an axis, or one for each block of an axis.</summary>
    /// <exception cref="GraphException">The scale's shape fits none of them.</exception>
    public static QuantizationGrid Of(TensorType x, TensorType scale, long axis, long block)
    {
        if (block < 0) throw new GraphException($"block_size is {block}; it must be 0 (none) or more");
        if (scale.Elements == 1 && (block == 0 || scale.Rank != x.Rank)) return new(1, 1, x.Elements, 1, 0, 0, 0);
        // The default axis, 1, is none of a list's; a list has one axis only.
        int at = x.Rank == 1 ? 0 : x.Shape.Axis(axis);
        long extent = x.Shape[at], inner = new Shape(x.Shape.Dims[(at + 1)..]).Elements, outer = new Shape(x.Shape.Dims[..at]).Elements;
        if (block == 0)
        {
            if (scale.Shape != new Shape(extent)) throw new GraphException($"the scale {scale} is neither a scalar nor [{extent}], one for each index of axis {at} of {x}; for blocks give block_size");
            return inner == 1 ? new(outer, 1, extent, 1, 0, 0, 1) : new(outer, extent, inner, 1, 0, 1, 0);
        }
        long blocks = extent == 0 ? 0 : (extent - 1) / block + 1;
        Shape wanted = x.Shape.With(at, blocks);
        if (scale.Shape != wanted) throw new GraphException($"the scale is {scale}; blocks of {block} along axis {at} of {x} need {wanted}");
        // Whole blocks along the last axis are runs that share a scale.
        return inner == 1 && extent % block == 0 ? new(outer * blocks, 1, block, 1, 1, 0, 0) : new(outer, extent, inner, block, blocks * inner, inner, 1);
    }

    /// <exception cref="GraphException">The zero point's shape isn't the scale's.</exception>
    internal static void RequireZeroPoint(TensorType scale, TensorType zero)
    {
        if (zero.Shape != scale.Shape && (zero.Elements != 1 || scale.Elements != 1)) throw new GraphException($"the zero point {zero} must have the scale's shape, {scale}");
    }
}
