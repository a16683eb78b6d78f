using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Logarithm of the sum of exponentials over axes, <c>y = log(Σ eˣ)</c>, without its over- and underflow; -∞ of no element.</summary>
/// <remarks>ONNX <c>ReduceLogSumExp</c>, opset 18; opset 13 with its axes as an attribute is read too. Computed in one pass around the running maximum (Milakov and Gimelshein, arXiv:1805.02867, section 3).</remarks>
[OnnxOperator(13)]
public sealed class ReduceLogSumExp : ReduceOperator
{
    public static Operator Read(OnnxAttributes a) => new ReduceLogSumExp
    {
        KeepDims = a.Flag("keepdims", true),
        NoopWithEmptyAxes = a.Flag("noop_with_empty_axes"),
        FixedAxes = a.Ints("axes"),
    };

    public override Cost Cost(Signature s) => new(10.0 * s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new ReduceGradient { Form = ReduceForm.LogSumExp }, KeptGradient(b), b.Input(0), Kept(b, b.Output(0))));
}
