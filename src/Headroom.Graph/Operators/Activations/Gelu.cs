using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Which formula a Gelu takes.</summary>
public enum GeluForm
{
    /// <summary>With the error function.</summary>
    Exact,

    /// <summary>The tanh approximation.</summary>
    Tanh,
}

/// <summary>Gaussian error linear unit, <c>y = x · Φ(x)</c>, elementwise.</summary>
/// <remarks>ONNX <c>Gelu</c>, opset 20. Hendrycks and Gimpel, arXiv:1606.08415, section 2; the tanh form is their approximation.</remarks>
[OnnxOperator(20)]
public sealed class Gelu : Operator
{
    public GeluForm Form { get; init; } = GeluForm.Exact;

    public override bool IsElementwise => true;

    public static Operator Read(OnnxAttributes a) => new Gelu { Form = a.Text("approximate", "none") == "tanh" ? GeluForm.Tanh : GeluForm.Exact };

    public override TensorType[] Infer(Signature s) => [s.Input(0)];

    // erf or tanh is about 8 FLOPs with the products; the traffic is what takes the time.
    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 8);

    public override int MayOverwrite(int output) => 0;

    // dx = dy · (Φ(x) + x φ(x)): needs x, not y.
    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new GeluGradient { Form = Form }, b.OutputGradient(0), b.Input(0)));

    public override void Write(OnnxAttributes a) => a.Set("approximate", Form == GeluForm.Tanh ? "tanh" : "none");

    public override void Export(OnnxExport e)
    {
        if (e.Opset >= 20)
        {
            base.Export(e);
            return;
        }
        if (Form == GeluForm.Tanh) throw new GraphException("the tanh form needs opset 20 or later; export with --opset 20");
        Value x = e.Node.Inputs[0];
        ElementType type = e.Element(x);
        Value half = e.Constant(TensorData.Fill(type, Shape.Scalar, 0.5)), one = e.Constant(TensorData.Fill(type, Shape.Scalar, 1));
        Value scaled = e.Emit("Mul", null, x, e.Constant(TensorData.Fill(type, Shape.Scalar, Math.Sqrt(0.5))));
        Value phi = e.Emit("Mul", null, half, e.Emit("Add", null, one, e.Emit("Erf", null, scaled)));
        e.Emit("Mul", "", [x, phi], e.Node.Outputs);
    }
}

/// <summary>The gradient of <see cref="Gelu"/> by its input: <c>dx = dy · (Φ(x) + x φ(x))</c>. Inputs: dy, x.</summary>
public sealed class GeluGradient : Operator
{
    public GeluForm Form { get; init; } = GeluForm.Exact;

    public override string Domain => "headroom";

    public override bool IsElementwise => true;

    public override TensorType[] Infer(Signature s) => [s.Input(0)];

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 14);

    public override int MayOverwrite(int output) => 0;
}
