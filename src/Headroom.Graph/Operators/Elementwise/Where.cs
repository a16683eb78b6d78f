using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Elementwise choice, <c>condition ? x : y</c>, all three broadcast together.</summary>
/// <remarks>ONNX <c>Where</c>, opset 9.</remarks>
[OnnxOperator(9)]
public sealed class Where : Operator
{
    public override bool IsElementwise => true;

    public override Precision Precision => Precision.First;

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => inputs[1];

    public static Operator Read(OnnxAttributes a) => new Where();

    public override TensorType[] Infer(Signature s)
    {
        if (s.Input(0).Element != ElementType.Bool) throw new GraphException($"the condition is {s.Input(0)}, bool is needed");
        s.RequireSameElement(1, 2);
        return [new TensorType(s.Input(1).Element, Shape.Broadcast(s.Input(0).Shape, Shape.Broadcast(s.Input(1).Shape, s.Input(2).Shape)))];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 0);

    public override bool AcceptsStrides(int input) => true;

    public override int MayOverwrite(int output) => 1;

    public override TensorData[]? Fold(Signature s)
    {
        if (!Folding.Can(s)) return null;
        TensorData c = s.Constant(0)!, x = s.Constant(1)!, y = s.Constant(2)!;
        TensorType z = s.Output(0);
        return [Folding.Pick(z, i => c.Bytes[(int)Folding.Source(c.Type.Shape, z.Shape, i)] != 0
            ? (x, Folding.Source(x.Type.Shape, z.Shape, i))
            : (y, Folding.Source(y.Type.Shape, z.Shape, i)))];
    }

    public override void Gradient(Backward b)
    {
        Value dz = b.OutputGradient(0), zero = b.Constant(TensorData.Fill(b.Type(dz).Element, Shape.Scalar, 0));
        if (b.Needs(1)) b.Accumulate(1, b.SumTo(b.Add(new Where(), b.Input(0), dz, zero), b.Signature.Input(1).Shape));
        if (b.Needs(2)) b.Accumulate(2, b.SumTo(b.Add(new Where(), b.Input(0), zero, dz), b.Signature.Input(2).Shape));
    }
}
