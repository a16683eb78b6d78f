using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Whether an element is infinite, as bool, elementwise; of one sign or of both.</summary>
/// <remarks>ONNX <c>IsInf</c>, opset 10 (of fp32 and fp64 alone before opset 20).</remarks>
[OnnxOperator(10)]
public sealed class IsInf : FloatClass
{
    public bool DetectNegative { get; init; } = true;

    public bool DetectPositive { get; init; } = true;

    public static Operator Read(OnnxAttributes a) => new IsInf { DetectNegative = a.Flag("detect_negative", true), DetectPositive = a.Flag("detect_positive", true) };

    public override void Write(OnnxAttributes a)
    {
        a.Set("detect_negative", DetectNegative);
        a.Set("detect_positive", DetectPositive);
    }

    public override void Export(OnnxExport e)
    {
        Value x = e.Node.Inputs[0];
        if (e.Opset < 20 && e.Element(x) is ElementType.Float16 or ElementType.BFloat16)
            e.Emit("IsInf", "", [e.Emit("Cast", a => a.Set("to", OnnxTypes.Code(ElementType.Float32)), x)], e.Node.Outputs, Write);
        else base.Export(e);
    }
}
