namespace Headroom.Graph.Operators;

/// <summary>A connective of two bools, broadcast together.</summary>
public abstract class LogicalOperator : Operator
{
    public override bool IsElementwise => true;

    public override TensorType[] Infer(Signature s)
    {
        for (int i = 0; i < 2; i++)
            if (s.Input(i).Element != ElementType.Bool) throw new GraphException($"input {i} is {s.Input(i)}, bool is needed; compare it with zero, or cast it");
        return [new TensorType(ElementType.Bool, Shape.Broadcast(s.Input(0).Shape, s.Input(1).Shape))];
    }

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 1);

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => ElementType.Bool;

    public override bool AcceptsStrides(int input) => true;

    public override int MayOverwrite(int output) => 0;

    public override TensorData[]? Fold(Signature s) => Folding.Binary(s, Of, (_, _) => throw new InvalidOperationException("bools don't float"));

    // Bools have no gradient.
    public override void Gradient(Backward b) { }

    /// <summary>The connective of two bools, each 0 or 1.</summary>
    protected abstract long Of(long x, long y);
}
