namespace Headroom.Graph.Operators;

/// <summary>Moves blocks of <c>b × b</c> between the channels and the image of <c>[batch, channels, height, width]</c>: every element goes somewhere else, none changes.</summary>
public abstract class BlockOperator : Operator
{
    /// <summary>Side of a block, in elements of the larger image.</summary>
    public required long BlockSize { get; init; }

    public override Cost Cost(Signature s) => new(0, s.InputBytes, s.OutputBytes);

    /// <exception cref="GraphException">The input is no image, or the block none.</exception>
    protected static void Check(TensorType x, long block)
    {
        if (x.Rank != 4) throw new GraphException($"takes [batch, channels, height, width], the input is {x}");
        if (block < 1) throw new GraphException($"blocksize is {block}, it must be positive");
    }

    /// <summary>The input taken apart into six axes, and the order in which they make up the output.</summary>
    public abstract (Shape Apart, int[] Order) Moves(Shape x);

    // The way back, by views and one copy.
    public override void Gradient(Backward b)
    {
        Shape x = b.Signature.Input(0).Shape;
        (Shape apart, int[] order) = Moves(x);
        var inverse = new long[order.Length];
        for (int i = 0; i < order.Length; i++) inverse[order[i]] = i;
        Value moved = b.Reshape(b.OutputGradient(0), new Shape([.. order.Select(i => apart[i])]));
        b.Accumulate(0, b.Reshape(b.Add(new Transpose { Permutation = inverse }, moved), x));
    }
}
