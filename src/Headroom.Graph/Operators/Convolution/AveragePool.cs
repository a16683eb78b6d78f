using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Mean of each window.</summary>
/// <remarks>ONNX <c>AveragePool</c>, opset 11 (dilations: 19).</remarks>
[OnnxOperator(11)]
public sealed class AveragePool : WindowOperator
{
    public AveragePool() { }

    private AveragePool(OnnxAttributes a) : base(a) => CountIncludePad = a.Flag("count_include_pad");

    /// <summary>Padding counts as zeros in the mean; otherwise only what lies in the input is counted. What ceil mode adds beyond the padding never counts.</summary>
    public bool CountIncludePad { get; init; }

    public static Operator Read(OnnxAttributes a) => new AveragePool(a);

    public SlidingWindow Window(TensorType x) => Resolve(x.Shape, KernelShape);

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        if (!x.Element.IsFloat()) throw new GraphException($"the input is {x}; a mean takes floats: cast it");
        SlidingWindow window = Window(x);
        PoolRules.RequirePadsWithinWindow(window);
        return [new TensorType(x.Element, new Shape([x.Shape[0], x.Shape[1], .. window.Output]))];
    }

    public override Cost Cost(Signature s) => new((double)s.Output(0).Elements * Window(s.Input(0)).KernelElements, s.InputBytes, s.OutputBytes);

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new AveragePoolGradient(this, b.Signature.Input(0).Shape), b.OutputGradient(0)));

    public override void Write(OnnxAttributes a)
    {
        base.Write(a);
        if (CountIncludePad) a.Set("count_include_pad", true);
    }

    public override void Export(OnnxExport e)
    {
        if (e.Opset < 19 && Dilations.Any(d => d != 1)) throw new GraphException("dilations need opset 19 or later; export with --opset 19");
        base.Export(e);
    }
}

/// <summary>The gradient of <see cref="AveragePool"/>: each window's gradient is shared out evenly over what it counted. Input: dy.</summary>
public sealed class AveragePoolGradient(AveragePool forward, Shape inputShape) : Operator
{
    public AveragePool Forward { get; } = forward;

    public Shape InputShape { get; } = inputShape;

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s) => [new TensorType(s.Input(0).Element, InputShape)];

    public override Cost Cost(Signature s)
        => new((double)s.Input(0).Elements * Forward.Window(new TensorType(s.Input(0).Element, InputShape)).KernelElements, s.InputBytes, s.OutputBytes);
}
