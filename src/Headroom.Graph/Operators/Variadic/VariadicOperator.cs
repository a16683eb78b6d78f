namespace Headroom.Graph.Operators;

/// <summary>One or more operands of one numeric type, broadcast together by numpy's rule.</summary>
public abstract class VariadicOperator : Operator
{
    public override bool IsElementwise => true;

    public override Precision Precision => Precision.First;

    /// <summary>Whether integers are taken beside floating numbers.</summary>
    protected virtual bool TakesIntegers => false;

    public override TensorType[] Infer(Signature s)
    {
        if (s.InputCount == 0) throw new GraphException("needs at least one input");
        TensorType first = s.Input(0);
        if (!first.Element.IsFloat() && (!TakesIntegers || first.Element == ElementType.Bool))
            throw new GraphException($"takes {(TakesIntegers ? "numbers" : "floating numbers")}, the input is {first}; cast it");
        Shape shape = first.Shape;
        for (int i = 1; i < s.InputCount; i++)
        {
            s.RequireSameElement(0, i);
            shape = Shape.Broadcast(shape, s.Input(i).Shape);
        }
        return [new TensorType(first.Element, shape)];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, s.InputCount);

    public override bool AcceptsStrides(int input) => true;

    public override int MayOverwrite(int output) => 0;

    /// <summary>Adds the same gradient, of the output's shape, to every operand's, summed back over the axes along which it was broadcast.</summary>
    protected static void AccumulateAll(Backward b, Value gradient)
    {
        for (int i = 0; i < b.Signature.InputCount; i++) if (b.Needs(i)) b.Accumulate(i, b.SumTo(gradient, b.Signature.Input(i).Shape));
    }
}
