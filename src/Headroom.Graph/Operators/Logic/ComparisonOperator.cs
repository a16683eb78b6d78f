namespace Headroom.Graph.Operators;

/// <summary>Compares two operands of one type, broadcast together; the result is bool. A NaN is in no relation to anything, itself included.</summary>
public abstract class ComparisonOperator : Operator
{
    public override bool IsElementwise => true;

    // Compared are numbers of one type, under mixed precision too.
    public override Precision Precision => Precision.First;

    /// <summary>Whether bools can be compared.</summary>
    protected virtual bool TakesBools => false;

    public override TensorType[] Infer(Signature s)
    {
        s.RequireSameElement(0, 1);
        if (!TakesBools && s.Input(0).Element == ElementType.Bool) throw new GraphException($"has no order of {s.Input(0)}; cast it to a number");
        return [new TensorType(ElementType.Bool, Shape.Broadcast(s.Input(0).Shape, s.Input(1).Shape))];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 1);

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => ElementType.Bool;

    public override bool AcceptsStrides(int input) => true;

    public override TensorData[]? Fold(Signature s) => Folding.Binary(s, (x, y) => Holds(x, y) ? 1 : 0, (x, y) => Holds(x, y) ? 1 : 0);

    // Constant almost everywhere: nothing flows through.
    public override void Gradient(Backward b) { }

    /// <summary>The relation of two integers.</summary>
    protected abstract bool Holds(long x, long y);

    /// <summary>The relation of two floating numbers.</summary>
    protected abstract bool Holds(double x, double y);
}
