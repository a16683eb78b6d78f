using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>What stands in the padding.</summary>
public enum PadMode
{
    /// <summary>One number.</summary>
    Constant,

    /// <summary>The mirror image about the outermost element, which is not repeated; mirrored again where the padding is longer than the extent.</summary>
    Reflect,

    /// <summary>The outermost element.</summary>
    Edge,

    /// <summary>The opposite end, as if the extent went round.</summary>
    Wrap,
}

/// <summary>
/// Adds elements before and after each axis; a negative width takes elements away, before anything is added. Inputs: x, widths (all starts, then all ends; a constant),
/// the number for <see cref="PadMode.Constant"/> (absent: 0), the axes that the widths are of (a constant; absent: all).
/// </summary>
/// <remarks>ONNX <c>Pad</c>, opset 13; axes came with 18, wrap with 19. A view where elements are only taken away.</remarks>
[OnnxOperator(13)]
public sealed class Pad : Operator
{
    public PadMode Mode { get; init; }

    public override int ViewInput => 0;

    public override Precision Precision => Precision.First;

    public static Operator Read(OnnxAttributes a) => new Pad { Mode = Words.Read(a, "mode", PadMode.Constant) };

    public override bool ReadsValue(int input) => input is 1 or 3;

    public override bool AcceptsStrides(int input) => input == 0;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        if (s.Has(2))
        {
            s.RequireSameElement(0, 2);
            if (s.Input(2).Elements != 1) throw new GraphException($"the padding's number is {s.Input(2)}; one element is needed");
        }
        (long Before, long After)[] widths = Widths(s);
        var dims = new long[x.Rank];
        for (int i = 0; i < dims.Length; i++)
        {
            dims[i] = checked(x.Shape[i] + widths[i].Before + widths[i].After);
            if (Mode != PadMode.Constant && dims[i] > 0 && Kept(x.Shape[i], widths[i]) == 0) throw new GraphException($"axis {i} of {x.Shape} has nothing left to pad it with");
        }
        return [new TensorType(x.Element, new Shape(dims))];
    }

    public override Cost Cost(Signature s) => new(0, Math.Min(s.Input(0).Bytes, s.Output(0).Bytes), s.Output(0).Bytes);

    public override View? View(Signature s, int output, ReadOnlySpan<long> strides)
    {
        (long Before, long After)[] widths = Widths(s);
        long offset = 0;
        for (int i = 0; i < widths.Length; i++)
        {
            if (widths[i].Before > 0 || widths[i].After > 0) return null;
            offset -= widths[i].Before * strides[i];
        }
        return new View(s.Output(0).Elements == 0 ? 0 : offset, strides.ToArray());
    }

    /// <summary>Where each element along an axis comes from; -1 in constant padding.</summary>
    public long[][] Maps(Signature s)
    {
        Shape x = s.Input(0).Shape;
        return [.. Widths(s).Select((w, axis) => Map(x[axis], w))];
    }

    public override TensorData[]? Fold(Signature s) => AxisMaps.Fold(s, () => Maps(s), s.Constant(2));

    public override void Gradient(Backward b)
    {
        Value dy = b.OutputGradient(0);
        Shape x = b.Signature.Input(0).Shape;
        (long Before, long After)[] widths = Widths(b.Signature);
        if (b.Needs(0))
        {
            // What was added is taken away, what was taken away comes back as zeros.
            b.Accumulate(0, Mode == PadMode.Constant
                ? b.Add(new Pad(), dy, b.Constant(TensorData.Longs([.. widths.Select(w => -w.Before), .. widths.Select(w => -w.After)])))
                : b.Add(new AxisMapGradient { Extents = x.Dims.ToArray(), Maps = Maps(b.Signature) }, dy));
        }
        if (!b.Needs(2)) return;
        if (Mode != PadMode.Constant)
        {
            b.Accumulate(2, b.Constant(TensorData.Fill(b.Signature.Input(2).Element, b.Signature.Input(2).Shape, 0)));
            return;
        }
        Value Number(double v) => b.Constant(TensorData.Fill(b.Type(dy).Element, Shape.Scalar, v));
        Value inside = b.Add(new Expand(), Number(0), b.Constant(TensorData.Longs(x.Dims)));
        Value added = b.Add(new Pad(), inside, b.Constant(TensorData.Longs([.. widths.Select(w => w.Before), .. widths.Select(w => w.After)])), Number(1));
        b.Accumulate(2, b.SumTo(b.Add(new Mul(), dy, added), b.Signature.Input(2).Shape));
    }

    public override void Write(OnnxAttributes a) => a.Set("mode", Words.Of(Mode));

    public override void Export(OnnxExport e)
    {
        bool axes = e.Node.Inputs.Length > 3 && e.Node.Inputs[3].Exists;
        if (axes && e.Opset < 18) throw new GraphException($"opset {e.Opset} pads all axes only; export with opset 18");
        if (Mode == PadMode.Wrap && e.Opset < 19) throw new GraphException($"opset {e.Opset} doesn't wrap; export with opset 19");
        base.Export(e);
    }

    /// <summary>How much is added before and after each axis of the input.</summary>
    /// <exception cref="GraphException">The lists don't fit the input, or more is taken away than there is.</exception>
    private static (long Before, long After)[] Widths(Signature s)
    {
        Shape x = s.Input(0).Shape;
        long[] given = s.Longs(1, "the widths");
        long[] axes = s.Has(3) ? s.Longs(3, "the axes") : [.. Enumerable.Range(0, x.Rank).Select(i => (long)i)];
        if (given.Length != 2 * axes.Length) throw new GraphException($"has {given.Length} widths for {axes.Length} axes of {x}; two an axis are needed");
        var widths = new (long Before, long After)[x.Rank];
        var seen = new bool[x.Rank];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = x.Axis(axes[i]);
            if (seen[axis]) throw new GraphException($"axis {axis} is padded twice");
            seen[axis] = true;
            widths[axis] = (given[i], given[axes.Length + i]);
            if (Kept(x[axis], widths[axis]) < 0) throw new GraphException($"takes {-Math.Min(given[i], 0)} and {-Math.Min(given[axes.Length + i], 0)} elements from axis {axis} of {x}, more than there are");
        }
        return widths;
    }

    private static long Kept(long extent, (long Before, long After) width) => checked(extent + Math.Min(width.Before, 0) + Math.Min(width.After, 0));

    private long[] Map(long extent, (long Before, long After) width)
    {
        long kept = Kept(extent, width), skipped = -Math.Min(width.Before, 0), before = Math.Max(width.Before, 0);
        var map = new long[extent + width.Before + width.After];
        for (long j = 0; j < map.Length; j++)
        {
            long at = j - before;
            if (at < 0 || at >= kept) at = Mode switch
            {
                PadMode.Constant => -1,
                PadMode.Edge => Math.Clamp(at, 0, kept - 1),
                PadMode.Wrap => ((at % kept) + kept) % kept,
                _ => Mirror(at, kept),
            };
            map[j] = at < 0 ? -1 : at + skipped;
        }
        return map;
    }

    private static long Mirror(long at, long extent)
    {
        if (extent == 1) return 0;
        long period = 2 * (extent - 1), rest = ((at % period) + period) % period;
        return rest < extent ? rest : period - rest;
    }
}
