using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Convolution (a cross-correlation) over one to three spatial axes: input <c>[batch, in, extents...]</c>, weight <c>[out, in / groups, kernel...]</c>, optional bias <c>[out]</c>.</summary>
/// <remarks>ONNX <c>Conv</c>, opset 11.</remarks>
[OnnxOperator(11)]
public sealed class Conv : WindowOperator
{
    public Conv() { }

    private Conv(OnnxAttributes a) : base(a) => Groups = a.Int("group", 1);

    /// <summary>Channels fall into so many groups that don't see each other; as many as channels: depthwise.</summary>
    public long Groups { get; init; } = 1;

    public override Precision Precision => Precision.Half;

    public static Operator Read(OnnxAttributes a) => new Conv(a);

    /// <summary>The geometry for a node's input and weight.</summary>
    public SlidingWindow Window(TensorType x, TensorType w) => Resolve(x.Shape, w.Rank > 2 ? w.Shape.Dims[2..] : []);

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0), w = s.Input(1);
        if (!x.Element.IsFloat()) throw new GraphException($"the input is {x}; a convolution takes floats: cast it");
        s.RequireSameElement(0, 1);
        if (w.Rank != x.Rank) throw new GraphException($"the weight {w} must have the input's rank, {x}: [out, in / groups, kernel...]");
        if (CeilMode) throw new GraphException("a convolution has no ceil_mode");
        SlidingWindow window = Window(x, w);
        if (KernelShape.Length > 0 && !KernelShape.AsSpan().SequenceEqual(window.Kernel)) throw new GraphException($"kernel_shape [{string.Join(", ", KernelShape)}] isn't the weight's, {w}");
        long channels = x.Shape[1], filters = w.Shape[0];
        if (Groups < 1 || channels % Groups != 0 || filters % Groups != 0) throw new GraphException($"{channels} input and {filters} output channels can't be put into {Groups} groups of equal size");
        if (channels < 1 || filters < 1) throw new GraphException($"{channels} input and {filters} output channels: there is nothing to convolve");
        if (w.Shape[1] != channels / Groups) throw new GraphException($"the weight {w.Shape} reads {w.Shape[1]} channels a group, the input {x.Shape} in {Groups} groups has {channels / Groups}");
        if (s.Has(2))
        {
            s.RequireSameElement(0, 2);
            if (s.Input(2).Shape != new Shape(filters)) throw new GraphException($"the bias is {s.Input(2).Shape}, [{filters}] is needed: one for each output channel");
        }
        return [new TensorType(x.Element, new Shape([x.Shape[0], filters, .. window.Output]))];
    }

    public override Cost Cost(Signature s) => new(Work(s.Input(0), s.Input(1)) + (s.Has(2) ? s.Output(0).Elements : 0), s.InputBytes, s.OutputBytes);

    public override LayoutPorts Layout(Signature s) => Images(s.Input(0), [0], [0]);

    public override void Gradient(Backward b)
    {
        ImmutableArray<Value> g = b.AddMany(new ConvGradient(this), 3, b.OutputGradient(0), b.Input(0), b.Input(1));
        for (int i = 0; i < 3; i++) if (b.Needs(i)) b.Accumulate(i, g[i]);
    }

    public override void Write(OnnxAttributes a)
    {
        base.Write(a);
        if (Groups != 1) a.Set("group", Groups);
    }

    /// <summary>oneDNN takes channels-last pictures as they are.</summary>
    internal static LayoutPorts Images(TensorType x, int[] inputs, int[] outputs) => x.Rank != 4
        ? LayoutPorts.RowMajor
        : new LayoutPorts { FreeInputs = inputs, FreeOutputs = outputs, Gains = x.Element is ElementType.Float32 or ElementType.BFloat16 };

    /// <summary>FLOPs of the products: two for each weight that each output element sees.</summary>
    internal double Work(TensorType x, TensorType w) => 2.0 * x.Shape[0] * w.Elements * Window(x, w).OutputElements;
}

/// <summary>The gradients of <see cref="Conv"/>. Inputs: dy, x, w. Outputs: dx, dw, db; unwanted ones are not computed.</summary>
public sealed class ConvGradient(Conv forward) : Operator
{
    /// <summary>Whose gradient it is.</summary>
    public Conv Forward { get; } = forward;

    public override string Domain => "headroom";

    public override LayoutPorts Layout(Signature s) => Conv.Images(s.Input(1), [0, 1], [0]);

    public override TensorType[] Infer(Signature s) => [s.Input(1), s.Input(2), new TensorType(s.Input(0).Element, s.Input(2).Shape[0])];

    public override Cost Cost(Signature s)
    {
        double work = Forward.Work(s.Input(1), s.Input(2));
        return new((s.Wants(0) ? work : 0) + (s.Wants(1) ? work : 0) + (s.Wants(2) ? s.Input(0).Elements : 0), s.InputBytes, s.OutputBytes);
    }
}
