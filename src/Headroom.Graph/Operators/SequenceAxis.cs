namespace Headroom.Graph;

/// <summary>Where a value that follows the tokens has their positions: along an axis of extent <c>Outer · length · Inner</c>.</summary>
/// <param name="Axis">Counted from the front.</param>
/// <param name="Outer">What is joined with the positions before them: the batch, where rows of all sequences lie in one axis; else 1.</param>
/// <param name="Inner">What is joined with them behind: heads, where each head of each token is a row; else 1.</param>
public readonly record struct SequenceAxis(int Axis, long Outer = 1, long Inner = 1)
{
    /// <summary>Whether the axis has positions and nothing else.</summary>
    public bool IsAlone => Outer == 1 && Inner == 1;

    /// <summary>The shape with another number of positions.</summary>
    public Shape With(Shape shape, long positions) => shape.With(Axis, checked(Outer * positions * Inner));
}
