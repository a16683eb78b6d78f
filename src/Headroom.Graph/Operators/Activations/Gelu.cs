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

    public static Operator Read(OnnxAttributes a) => new Gelu
    {
        Form = a.Text("approximate", "none") switch
        {
            "none" => GeluForm.Exact,
            "tanh" => GeluForm.Tanh,
            string other => throw new GraphException($"attribute 'approximate' is '{other}'; ONNX knows 'none' and 'tanh'"),
        },
    };

    public override TensorType[] Infer(Signature s)
        => s.Input(0).Element.IsFloat() ? [s.Input(0)] : throw new GraphException($"takes floating numbers, the input is {s.Input(0)}; cast it");

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
        Value x = e.Node.Inputs[0];
        Value Number(double v) => e.Constant(TensorData.Fill(e.Element(x), Shape.Scalar, v));
        Value Times(Value a, Value b) => e.Emit("Mul", null, a, b);
        Value bent = Form == GeluForm.Exact
            ? e.Emit("Erf", null, Times(x, Number(Math.Sqrt(0.5))))
            : e.Emit("Tanh", null, Times(Number(Math.Sqrt(2 / Math.PI)), e.Emit("Add", null, x, Times(Number(0.044715), Times(x, Times(x, x))))));
        e.Emit("Mul", "", [x, Times(Number(0.5), e.Emit("Add", null, Number(1), bent))], e.Node.Outputs);
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
