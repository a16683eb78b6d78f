using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>How padding is found where it is not given.</summary>
public enum AutoPad
{
    /// <summary>By the <c>pads</c> attribute.</summary>
    Explicit,

    /// <summary>So that there are ⌈extent / stride⌉ windows; an odd element of padding goes behind.</summary>
    SameUpper,

    /// <summary>The same, with the odd element before.</summary>
    SameLower,

    /// <summary>None.</summary>
    Valid,
}

/// <summary>A window that slides over the one to three spatial axes of an input <c>[batch, channels, extents...]</c>: convolution and pooling. Empty attributes mean ONNX's defaults.</summary>
/// <remarks>ONNX <c>Conv</c>, <c>ConvTranspose</c>, <c>MaxPool</c>, <c>AveragePool</c>: their shared attributes.</remarks>
public abstract class WindowOperator : Operator
{
    protected WindowOperator() { }

    protected WindowOperator(WindowOperator other)
    {
        KernelShape = other.KernelShape;
        Strides = other.Strides;
        Pads = other.Pads;
        Dilations = other.Dilations;
        AutoPad = other.AutoPad;
        CeilMode = other.CeilMode;
    }

    protected WindowOperator(OnnxAttributes a)
    {
        KernelShape = a.Ints("kernel_shape");
        Strides = a.Ints("strides");
        Pads = a.Ints("pads");
        Dilations = a.Ints("dilations");
        CeilMode = a.Flag("ceil_mode");
        AutoPad = a.Text("auto_pad", "NOTSET") switch
        {
            "NOTSET" => AutoPad.Explicit,
            "SAME_UPPER" => AutoPad.SameUpper,
            "SAME_LOWER" => AutoPad.SameLower,
            "VALID" => AutoPad.Valid,
            string other => throw new GraphException($"auto_pad is '{other}'; NOTSET, SAME_UPPER, SAME_LOWER and VALID are known"),
        };
    }

    /// <summary>Extents of the window.</summary>
    public long[] KernelShape { get; init; } = [];

    /// <summary>One an axis; empty: all 1.</summary>
    public long[] Strides { get; init; } = [];

    /// <summary>All begins, then all ends; empty: none.</summary>
    public long[] Pads { get; init; } = [];

    /// <summary>One an axis; empty: all 1.</summary>
    public long[] Dilations { get; init; } = [];

    public AutoPad AutoPad { get; init; }

    /// <summary>A last window that reaches over the edge counts, if it begins inside the input or the padding before it. Pooling only.</summary>
    public bool CeilMode { get; init; }

    /// <summary>The geometry over an input.</summary>
    /// <param name="input"><c>[batch, channels, extents...]</c>.</param>
    /// <param name="kernel">The window's extents.</param>
    /// <exception cref="GraphException">The attributes are no geometry, or the window is larger than the padded input.</exception>
    protected SlidingWindow Resolve(Shape input, ReadOnlySpan<long> kernel)
    {
        int axes = input.Rank - 2;
        if (axes is < 1 or > 3) throw new GraphException($"the input {input} must be [batch, channels, extents...] with one to three spatial axes");
        if (kernel.Length != axes) throw new GraphException($"the kernel [{string.Join(", ", kernel.ToArray())}] has {kernel.Length} axes, the input {input} has {axes} spatial ones");
        long[] strides = Filled(Strides, axes, 1, "strides"), dilations = Filled(Dilations, axes, 1, "dilations");
        if (Pads.Length != 0 && Pads.Length != 2 * axes) throw new GraphException($"pads has {Pads.Length} entries, {2 * axes} are needed: all begins, then all ends");
        if (Pads.Any(p => p is < 0 or > int.MaxValue)) throw new GraphException($"pads [{string.Join(", ", Pads)}] holds a negative one, or one beyond {int.MaxValue}; cut with Slice instead");
        if (AutoPad != AutoPad.Explicit && Pads.Any(p => p != 0)) throw new GraphException($"pads [{string.Join(", ", Pads)}] and auto_pad {AutoPad} contradict each other; drop one");
        var window = new SlidingWindow(kernel.ToArray(), strides, dilations, new long[axes], new long[axes], input.Dims[2..].ToArray(), new long[axes]);
        for (int i = 0; i < axes; i++) ResolveAxis(window, i);
        return window;
    }

    public override void Write(OnnxAttributes a)
    {
        if (KernelShape.Length > 0) a.Set("kernel_shape", KernelShape);
        if (Strides.Length > 0) a.Set("strides", Strides);
        if (Pads.Length > 0) a.Set("pads", Pads);
        if (Dilations.Length > 0) a.Set("dilations", Dilations);
        if (CeilMode) a.Set("ceil_mode", true);
        if (AutoPad != AutoPad.Explicit) a.Set("auto_pad", AutoPad switch { AutoPad.SameUpper => "SAME_UPPER", AutoPad.SameLower => "SAME_LOWER", _ => "VALID" });
    }

    private void ResolveAxis(SlidingWindow w, int i)
    {
        long extent = w.Input[i], stride = w.Strides[i];
        if (w.Kernel[i] < 1) throw new GraphException($"the kernel's extent {w.Kernel[i]} on spatial axis {i} must be 1 or more");
        long reach = checked((w.Kernel[i] - 1) * w.Dilations[i] + 1);
        if (AutoPad is AutoPad.SameUpper or AutoPad.SameLower)
        {
            long windows = (extent + stride - 1) / stride;
            long total = Math.Max(0, checked((windows - 1) * stride + reach) - extent);
            w.Before[i] = AutoPad == AutoPad.SameUpper ? total / 2 : total - total / 2;
            w.After[i] = total - w.Before[i];
        }
        else if (Pads.Length > 0)
        {
            w.Before[i] = Pads[i];
            w.After[i] = Pads[w.Axes + i];
        }
        long room = checked(extent + w.Before[i] + w.After[i]) - reach;
        if (extent < 1 || room < 0)
            throw new GraphException($"the window reaches over {reach} elements of spatial axis {i}, which has {extent} and {w.Before[i]} + {w.After[i]} of padding; give a larger input, a smaller kernel or more padding");
        long count = room / stride + 1;
        // A last window that lies wholly in the padding behind is none: PyTorch's rule, and ONNX's since opset 22.
        if (CeilMode && room % stride != 0 && checked(count * stride) < extent + w.Before[i]) count++;
        w.Output[i] = count;
    }

    /// <summary>An attribute of one entry an axis; all <paramref name="fallback"/> where it is empty.</summary>
    protected static long[] Filled(long[] given, int axes, long fallback, string name)
    {
        if (given.Length == 0)
        {
            var all = new long[axes];
            Array.Fill(all, fallback);
            return all;
        }
        if (given.Length != axes) throw new GraphException($"{name} has {given.Length} entries, the input has {axes} spatial axes");
        // Kernels add them up: what no tensor can reach is refused here, so that no sum runs over.
        if (given.Any(v => v is < 1 or > int.MaxValue)) throw new GraphException($"{name} [{string.Join(", ", given)}] must all be from 1 to {int.MaxValue}");
        return given;
    }
}
