namespace Headroom.Graph.Operators;

/// <summary>Two numeric operands of one type, broadcast together by numpy's rule.</summary>
public abstract class BinaryOperator : Operator
{
    public override bool IsElementwise => true;

    public override Precision Precision => Precision.First;

    public override TensorType[] Infer(Signature s)
    {
        s.RequireSameElement(0, 1);
        if (s.Input(0).Element == ElementType.Bool) throw new GraphException($"has no arithmetic on {s.Input(0)}; cast it to a number");
        return [new TensorType(s.Input(0).Element, Shape.Broadcast(s.Input(0).Shape, s.Input(1).Shape))];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 1);

    public override bool AcceptsStrides(int input) => true;

    public override int MayOverwrite(int output) => 0;

    /// <summary>Adds to an operand's gradient, summed back over the axes along which it was broadcast.</summary>
    protected static void AccumulateBroadcast(Backward b, int input, Value gradient) => b.Accumulate(input, b.SumTo(gradient, b.Signature.Input(input).Shape));
}
