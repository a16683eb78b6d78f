using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Swish with a logistic function in three straight pieces, <c>y = x · max(0, min(1, x / 6 + 1/2))</c>, elementwise.</summary>
/// <remarks>ONNX <c>HardSwish</c>, opset 14. Howard et al., arXiv:1905.02244, section 5.2.</remarks>
[OnnxOperator(14)]
public sealed class HardSwish : UnaryOperator
{
    protected override double FlopsPerElement => 5;

    public static Operator Read(OnnxAttributes a) => new HardSwish();

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new HardSwishGradient(), b.OutputGradient(0), b.Input(0)));

    public override void Export(OnnxExport e)
    {
        if (e.Opset >= 14)
        {
            base.Export(e);
            return;
        }
        Value gate = e.Emit("HardSigmoid", a =>
        {
            a.Set("alpha", 1f / 6);
            a.Set("beta", 0.5f);
        }, e.Node.Inputs[0]);
        e.Emit("Mul", "", [e.Node.Inputs[0], gate], e.Node.Outputs);
    }
}

/// <summary><c>dx = dy · (x ≤ -3 ? 0 : x ≥ 3 ? 1 : x / 3 + 1/2)</c>. Inputs: dy, x.</summary>
public sealed class HardSwishGradient : UnaryGradient;
