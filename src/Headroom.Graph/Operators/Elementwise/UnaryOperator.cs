namespace Headroom.Graph.Operators;

/// <summary>One operand, elementwise; the result has its type.</summary>
public abstract class UnaryOperator : Operator
{
    public override bool IsElementwise => true;

    /// <summary>Whether integers are taken beside floating numbers.</summary>
    protected virtual bool TakesIntegers => false;

    /// <summary>A rough count: what matters is the traffic.</summary>
    protected virtual double FlopsPerElement => 1;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        if (!x.Element.IsFloat() && (!TakesIntegers || x.Element == ElementType.Bool))
            throw new GraphException($"takes {(TakesIntegers ? "numbers" : "floating numbers")}, the input is {x}; cast it");
        return [x];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, FlopsPerElement);

    public override bool AcceptsStrides(int input) => true;

    public override int MayOverwrite(int output) => 0;
}

/// <summary>The gradient of an elementwise operator by its input, fused. Inputs: dy, and the operator's own input or output.</summary>
public abstract class UnaryGradient : Operator
{
    public override string Domain => "headroom";

    public override bool IsElementwise => true;

    /// <summary>A rough count: what matters is the traffic.</summary>
    protected virtual double FlopsPerElement => 3;

    public override TensorType[] Infer(Signature s)
    {
        if (s.Input(0) != s.Input(1)) throw new GraphException($"the gradient {s.Input(0)} and the value {s.Input(1)} differ");
        return [s.Input(0)];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, FlopsPerElement);

    public override bool AcceptsStrides(int input) => true;

    public override int MayOverwrite(int output) => 0;
}
