using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Running sums along an axis, <c>yᵢ = Σ x_j, j ≤ i</c>. Input 1, one integer, is the axis; it may come from data.</summary>
/// <remarks>ONNX <c>CumSum</c>, opset 11.</remarks>
[OnnxOperator(11)]
public sealed class CumSum : Operator
{
    /// <summary>An element's own value is left out: <c>j &lt; i</c>.</summary>
    public bool Exclusive { get; init; }

    /// <summary>From the end of the axis to its start: <c>j ≥ i</c>.</summary>
    public bool Reverse { get; init; }

    public static Operator Read(OnnxAttributes a) => new CumSum { Exclusive = a.Flag("exclusive"), Reverse = a.Flag("reverse") };

    public override int MayOverwrite(int output) => 0;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0), axis = s.Input(1);
        if (x.Element == ElementType.Bool) throw new GraphException($"takes numbers, the input is {x}; cast it");
        if (axis.Elements != 1 || axis.Element is not (ElementType.Int32 or ElementType.Int64)) throw new GraphException($"the axis is {axis}; one int32 or int64 is needed");
        if (s.Constant(1) is { } known) x.Shape.Axis(known.ToLongs()[0]);
        return [x];
    }

    public override Cost Cost(Signature s) => new(s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    // x_j takes part in every sum from its own on, so dx is the running sum the other way.
    public override void Gradient(Backward b) => b.Accumulate(0, b.Add(new CumSum { Exclusive = Exclusive, Reverse = !Reverse }, b.OutputGradient(0), b.Input(1)));

    public override void Write(OnnxAttributes a)
    {
        a.Set("exclusive", Exclusive);
        a.Set("reverse", Reverse);
    }
}
