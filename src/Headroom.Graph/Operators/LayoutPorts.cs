namespace Headroom.Graph;

/// <summary>
/// Which of a node's images <c>[batch, channels, height, width]</c> its kernel takes and gives channels-last as well as row by row. Ports that are not named here, and don't take any strides
/// (<see cref="Operator.AcceptsStrides"/>), lie row by row. Passes.ChannelsLast decides.
/// </summary>
public sealed record LayoutPorts
{
    public static LayoutPorts RowMajor { get; } = new();

    /// <summary>Inputs that lie either all one way or all the other, together with <see cref="OutputsAlike"/>.</summary>
    public IReadOnlyList<int> InputsAlike { get; init; } = [];

    public IReadOnlyList<int> OutputsAlike { get; init; } = [];

    /// <summary>Inputs that may each lie either way.</summary>
    public IReadOnlyList<int> FreeInputs { get; init; } = [];

    /// <summary>Outputs that may each lie either way.</summary>
    public IReadOnlyList<int> FreeOutputs { get; init; } = [];

    /// <summary>Whether the kernel is faster on channels-last images: what makes the change worth while.</summary>
    public bool Gains { get; init; }

    /// <summary>An elementwise operator's: all operands of the result's shape lie as the result does. Operands that are broadcast along some axes only must have all four, to be turned with the rest.</summary>
    public static LayoutPorts Elementwise(Signature s)
    {
        Shape shape = s.Output(0).Shape;
        if (shape.Rank != 4) return RowMajor;
        var alike = new List<int>();
        for (int i = 0; i < s.InputCount; i++)
        {
            if (!s.Has(i)) continue;
            if (s.Input(i).Shape == shape) alike.Add(i);
            else if (s.Input(i).Rank != 4 && s.Input(i).Elements != 1) return RowMajor;
        }
        return new LayoutPorts { InputsAlike = alike, OutputsAlike = [.. Enumerable.Range(0, s.OutputCount).Where(o => s.Outputs[o].Shape == shape)] };
    }
}
