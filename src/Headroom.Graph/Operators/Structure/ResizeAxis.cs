namespace Headroom.Graph.Operators;

/// <summary>How <see cref="Resize"/> treats one axis.</summary>
/// <param name="From">The extent before.</param>
/// <param name="To">The extent after.</param>
/// <param name="Scale">The given scale, or what the sizes and the policy give; <c>Scale · From</c> needn't be whole.</param>
/// <param name="Start">Where the region begins, as a fraction of the axis; 0 without one.</param>
/// <param name="End">Where it ends; 1 without one.</param>
public readonly record struct ResizeAxis(long From, long To, double Scale, double Start, double End)
{
    /// <summary>All axes of the input, in order.</summary>
    /// <exception cref="GraphException">Scales, sizes, region or axes don't fit the input.</exception>
    public static ResizeAxis[] All(Resize op, Signature s)
    {
        Shape x = s.Input(0).Shape;
        int[] axes = op.Axes.Length == 0 ? [.. Enumerable.Range(0, x.Rank)] : [.. op.Axes.Select(a => x.Axis(a))];
        if (axes.Distinct().Count() != axes.Length) throw new GraphException($"[{string.Join(", ", op.Axes)}] lists an axis twice");
        // Older exporters give an empty list for what they leave out.
        bool scaled = s.Has(2) && s.Input(2).Elements > 0, sized = s.Has(3) && s.Input(3).Elements > 0;
        if (scaled == sized && axes.Length > 0) throw new GraphException(scaled ? "has both scales and sizes; one of them is needed" : "has neither scales nor sizes; one of them is needed");
        var result = new ResizeAxis[x.Rank];
        for (int i = 0; i < result.Length; i++) result[i] = new ResizeAxis(x[i], x[i], 1, 0, 1);
        if (axes.Length == 0) return result;
        if (scaled) SetScales(result, axes, Listed(s.Doubles(2, "the scales"), axes.Length, "scales"));
        else SetSizes(result, axes, Listed(s.Longs(3, "the sizes"), axes.Length, "sizes"), op.Policy);
        if (op.Coordinates == CoordinateMode.TfCropAndResize)
        {
            double[] region = Listed(s.Doubles(1, "the region"), 2 * axes.Length, "bounds of the region");
            for (int i = 0; i < axes.Length; i++) result[axes[i]] = result[axes[i]] with { Start = region[i], End = region[axes.Length + i] };
        }
        return result;
    }

    /// <summary>The place in the input, in elements, that an element of the output stands on; NaN where the region leaves the input.</summary>
    public double Coordinate(CoordinateMode mode, long i)
    {
        double width = Scale * From;
        switch (mode)
        {
            case CoordinateMode.AlignCorners: return width == 1 ? 0 : i * (double)(From - 1) / (width - 1);
            case CoordinateMode.Asymmetric: return i / Scale;
            case CoordinateMode.PytorchHalfPixel: return To > 1 ? (i + 0.5) / Scale - 0.5 : 0;
            case CoordinateMode.HalfPixel: return (i + 0.5) / Scale - 0.5;
            case CoordinateMode.HalfPixelSymmetric: return From / 2.0 * (1 - To / width) + (i + 0.5) / Scale - 0.5;
            default:
                double at = width == 1 ? (End - Start) * (From - 1) / 2 : i * (End - Start) * (From - 1) / (width - 1);
                at += Start * (From - 1);
                return at < 0 || at > From - 1 ? double.NaN : at;
        }
    }

    /// <summary>Whether nothing happens along the axis.</summary>
    public bool IsIdentity(CoordinateMode mode) => From == To && Scale == 1 && (mode != CoordinateMode.TfCropAndResize || (Start == 0 && End == 1));

    /// <summary>The nearest element of the input for each of the output; -1 where the region leaves the input.</summary>
    public long[] NearestMap(Resize op)
    {
        if (IsIdentity(op.Coordinates)) return AxisMaps.Identity(To);
        var map = new long[To];
        for (long i = 0; i < To; i++)
        {
            double at = Coordinate(op.Coordinates, i);
            if (double.IsNaN(at))
            {
                map[i] = -1;
                continue;
            }
            double nearest = op.Nearest switch
            {
                NearestMode.RoundPreferFloor => Math.Ceiling(at - 0.5),
                NearestMode.RoundPreferCeil => Math.Floor(at + 0.5),
                NearestMode.Floor => Math.Floor(at),
                _ => Math.Ceiling(at),
            };
            map[i] = (long)Math.Clamp(nearest, 0, From - 1);
        }
        return map;
    }

    private static void SetScales(ResizeAxis[] result, int[] axes, double[] scales)
    {
        for (int i = 0; i < axes.Length; i++)
        {
            ResizeAxis a = result[axes[i]];
            if (!(scales[i] > 0) || double.IsInfinity(scales[i])) throw new GraphException($"the scale of axis {axes[i]} is {scales[i]}; a positive number is needed");
            // In fp32, as scales are: 10 times 0.7 is 7 there.
            double to = MathF.Floor(a.From * (float)scales[i]);
            result[axes[i]] = Checked(a with { To = to < long.MaxValue ? (long)to : long.MaxValue, Scale = scales[i] }, axes[i]);
        }
    }

    private static void SetSizes(ResizeAxis[] result, int[] axes, long[] sizes, AspectPolicy policy)
    {
        double[] scales = [.. axes.Select((axis, i) => (double)sizes[i] / result[axis].From)];
        double one = policy == AspectPolicy.NotLarger ? scales.Min() : scales.Max();
        for (int i = 0; i < axes.Length; i++)
        {
            ResizeAxis a = result[axes[i]];
            if (sizes[i] < 0 || (a.From == 0 && sizes[i] > 0)) throw new GraphException($"axis {axes[i]} of {a.From} can't be resized to {sizes[i]}");
            if (a.From == 0) continue;
            if (policy == AspectPolicy.Stretch) a = a with { To = sizes[i], Scale = scales[i] };
            else a = a with { To = (long)(one * a.From + 0.5), Scale = one };
            result[axes[i]] = Checked(a, axes[i]);
        }
    }

    private static ResizeAxis Checked(ResizeAxis a, int axis)
        => a.To <= int.MaxValue && a.From <= int.MaxValue ? a : throw new GraphException($"axis {axis} would go from {a.From} to {a.To} elements; up to {int.MaxValue} are supported");

    private static T[] Listed<T>(T[] values, int count, string what)
        => values.Length == count ? values : throw new GraphException($"has {values.Length} {what}, {count} are needed");
}
