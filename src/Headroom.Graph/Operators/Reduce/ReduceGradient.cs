namespace Headroom.Graph.Operators;

/// <summary>A reduction whose gradient depends on the element.</summary>
public enum ReduceForm
{
    /// <summary><c>dx = dy · sign(x)</c>.</summary>
    AbsoluteSum,

    /// <summary><c>dx = 2 x dy</c>.</summary>
    SquareSum,

    /// <summary><c>dx = dy · x / y</c>, 0 where y is.</summary>
    Norm,

    /// <summary><c>dx = dy · e^(x - y)</c>.</summary>
    LogSumExp,

    /// <summary><c>dx = dy ·</c> the product of the other elements.</summary>
    Product,
}

/// <summary>The gradient of a reduction by its input, fused: one read of x, one write. Inputs: dy, x, and, for those that need it, y; dy and y have extent 1 where x was reduced.</summary>
public sealed class ReduceGradient : Operator
{
    public required ReduceForm Form { get; init; }

    public override string Domain => "headroom";

    /// <summary>Whether the result itself is read.</summary>
    public bool NeedsResult => Form is ReduceForm.Norm or ReduceForm.LogSumExp;

    public override int MayOverwrite(int output) => 1;

    public override TensorType[] Infer(Signature s)
    {
        TensorType dy = s.Input(0), x = s.Input(1);
        if (!x.Element.IsFloat() || dy.Element != x.Element) throw new GraphException($"takes floating numbers of one type, here {dy} and {x}");
        if (dy.Rank != x.Rank || Shape.Broadcast(dy.Shape, x.Shape) != x.Shape) throw new GraphException($"the gradient {dy} is no reduction of {x}");
        if (NeedsResult && s.Input(2) != dy) throw new GraphException($"the gradient {dy} and the result {s.Input(2)} differ");
        return [x];
    }

    public override Cost Cost(Signature s) => new(4.0 * s.Input(1).Elements, s.InputBytes, s.OutputBytes);
}
