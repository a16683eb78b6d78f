using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Transposed convolution over one to three spatial axes: what a convolution's gradient does to its input. Input <c>[batch, in, extents...]</c>, weight <c>[in, out / groups, kernel...]</c>, optional bias <c>[out]</c>.
/// An axis has <c>stride · (extent - 1) + (kernel - 1) · dilation + 1 + output_padding - pads</c> elements.
/// </summary>
/// <remarks>ONNX <c>ConvTranspose</c>, opset 11 (and 1, whose form is the same). Dumoulin and Visin, arXiv:1603.07285, chapter 4.</remarks>
[OnnxOperator(1)]
public sealed class ConvTranspose : WindowOperator
{
    public ConvTranspose() { }

    private ConvTranspose(OnnxAttributes a) : base(a)
    {
        Groups = a.Int("group", 1);
        OutputPadding = a.Ints("output_padding");
        OutputShape = a.Ints("output_shape");
    }

    /// <summary>Channels fall into so many groups that don't see each other.</summary>
    public long Groups { get; init; } = 1;

    /// <summary>Elements more at each axis's end; one an axis; empty: none.</summary>
    public long[] OutputPadding { get; init; } = [];

    /// <summary>Spatial extents of the result; padding then follows from them. Empty: they follow from the padding.</summary>
    public long[] OutputShape { get; init; } = [];

    public override Precision Precision => Precision.Half;

    public static Operator Read(OnnxAttributes a) => new ConvTranspose(a);

    /// <summary>The geometry of the convolution that this one transposes: its input is our result, its output our input. <see cref="SlidingWindow.After"/> is below 0 where the result reaches beyond the last window.</summary>
    /// <exception cref="GraphException">The attributes are no geometry.</exception>
    public SlidingWindow Window(TensorType x, TensorType w)
    {
        int axes = x.Rank - 2;
        if (axes is < 1 or > 3) throw new GraphException($"the input {x} must be [batch, channels, extents...] with one to three spatial axes");
        if (w.Rank != x.Rank) throw new GraphException($"the weight {w} must have the input's rank, {x}: [in, out / groups, kernel...]");
        long[] strides = Filled(Strides, axes, 1, "strides"), dilations = Filled(Dilations, axes, 1, "dilations");
        if (Pads.Length != 0 && Pads.Length != 2 * axes) throw new GraphException($"pads has {Pads.Length} entries, {2 * axes} are needed: all begins, then all ends");
        if (Pads.Any(p => p is < 0 or > int.MaxValue)) throw new GraphException($"pads [{string.Join(", ", Pads)}] holds a negative one, or one beyond {int.MaxValue}; cut with Slice instead");
        if (OutputPadding.Length != 0 && OutputPadding.Length != axes) throw new GraphException($"output_padding has {OutputPadding.Length} entries, the input has {axes} spatial axes");
        if (OutputPadding.Any(p => p < 0)) throw new GraphException($"output_padding [{string.Join(", ", OutputPadding)}] holds a negative one");
        // Old exporters put batch and channels in front.
        if (OutputShape.Length != 0 && OutputShape.Length != axes && OutputShape.Length != axes + 2) throw new GraphException($"output_shape has {OutputShape.Length} entries, the input has {axes} spatial axes");
        long[] kernel = w.Shape.Dims[2..].ToArray();
        if (KernelShape.Length > 0 && !KernelShape.AsSpan().SequenceEqual(kernel)) throw new GraphException($"kernel_shape [{string.Join(", ", KernelShape)}] isn't the weight's, {w}");
        var g = new SlidingWindow(kernel, strides, dilations, new long[axes], new long[axes], new long[axes], x.Shape.Dims[2..].ToArray());
        for (int i = 0; i < axes; i++) ResolveAxis(g, i);
        return g;
    }

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0), w = s.Input(1);
        if (!x.Element.IsFloat()) throw new GraphException($"the input is {x}; a convolution takes floats: cast it");
        s.RequireSameElement(0, 1);
        if (CeilMode) throw new GraphException("a convolution has no ceil_mode");
        SlidingWindow window = Window(x, w);
        long channels = x.Shape[1], filters = checked(w.Shape[1] * Groups);
        if (w.Shape[0] != channels) throw new GraphException($"the weight {w.Shape} reads {w.Shape[0]} channels, the input {x.Shape} has {channels}");
        if (Groups < 1 || channels % Groups != 0) throw new GraphException($"{channels} input channels can't be put into {Groups} groups of equal size");
        if (channels < 1 || filters < 1) throw new GraphException($"{channels} input and {filters} output channels: there is nothing to convolve");
        if (s.Has(2))
        {
            s.RequireSameElement(0, 2);
            if (s.Input(2).Shape != new Shape(filters)) throw new GraphException($"the bias is {s.Input(2).Shape}, [{filters}] is needed: one for each output channel");
        }
        return [new TensorType(x.Element, new Shape([x.Shape[0], filters, .. window.Input]))];
    }

    public override Cost Cost(Signature s) => new(Work(s.Input(0), s.Input(1)) + (s.Has(2) ? s.Output(0).Elements : 0), s.InputBytes, s.OutputBytes);

    public override void Gradient(Backward b)
    {
        Value dy = b.OutputGradient(0);
        if (b.Needs(0) || b.Needs(1))
        {
            ImmutableArray<Value> g = b.AddMany(new ConvTransposeGradient(this), 2, dy, b.Input(0), b.Input(1));
            for (int i = 0; i < 2; i++) if (b.Needs(i)) b.Accumulate(i, g[i]);
        }
        if (!b.Needs(2)) return;
        long[] others = [.. Enumerable.Range(0, b.Type(dy).Rank).Where(i => i != 1).Select(i => (long)i)];
        b.Accumulate(2, b.Add(new ReduceSum { KeepDims = false }, dy, b.Constant(TensorData.Longs(others))));
    }

    public override void Write(OnnxAttributes a)
    {
        base.Write(a);
        if (Groups != 1) a.Set("group", Groups);
        if (OutputPadding.Length > 0) a.Set("output_padding", OutputPadding);
        if (OutputShape.Length > 0) a.Set("output_shape", OutputShape);
    }

    /// <summary>FLOPs of the products: two for each weight that each input element meets.</summary>
    internal double Work(TensorType x, TensorType w) => 2.0 * w.Elements * x.Elements / Math.Max(1, x.Shape[1]);

    private void ResolveAxis(SlidingWindow g, int i)
    {
        long extent = g.Output[i], stride = g.Strides[i];
        if (extent < 1) throw new GraphException($"spatial axis {i} of the input is empty");
        if (g.Kernel[i] < 1) throw new GraphException($"the kernel's extent {g.Kernel[i]} on spatial axis {i} must be 1 or more");
        long reach = checked((g.Kernel[i] - 1) * g.Dilations[i] + 1), whole = checked(stride * (extent - 1) + reach), more = OutputPadding.Length > 0 ? OutputPadding[i] : 0;
        bool same = AutoPad is AutoPad.SameUpper or AutoPad.SameLower;
        if (OutputShape.Length > 0 || same)
        {
            long wanted = OutputShape.Length > 0 ? OutputShape[^(g.Axes - i)] : checked(extent * stride);
            // A result larger than all windows together grows at its end; nothing is put before the first window.
            long total = Math.Max(0, checked(whole + more) - wanted);
            g.Before[i] = AutoPad == AutoPad.SameUpper ? total / 2 : total - total / 2;
            g.Input[i] = wanted;
        }
        else
        {
            long after = 0;
            if (Pads.Length > 0 && AutoPad == AutoPad.Explicit) (g.Before[i], after) = (Pads[i], Pads[g.Axes + i]);
            g.Input[i] = checked(whole + more - g.Before[i] - after);
        }
        if (g.Input[i] < 1) throw new GraphException($"spatial axis {i} of the result would have {g.Input[i]} elements; give less padding or a larger input");
        g.After[i] = whole - g.Before[i] - g.Input[i];
    }
}

/// <summary>The gradients of <see cref="ConvTranspose"/> by its input and weight. Inputs: dy, x, w. Outputs: dx, dw; unwanted ones are not computed.</summary>
public sealed class ConvTransposeGradient(ConvTranspose forward) : Operator
{
    /// <summary>Whose gradient it is.</summary>
    public ConvTranspose Forward { get; } = forward;

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s) => [s.Input(1), s.Input(2)];

    public override Cost Cost(Signature s)
    {
        double work = Forward.Work(s.Input(1), s.Input(2));
        return new((s.Wants(0) ? work : 0) + (s.Wants(1) ? work : 0), s.InputBytes, s.OutputBytes);
    }
}
