namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opset 13 made the axes an input; before, they are an attribute. The other reductions kept theirs until opset 18.</summary>
internal sealed class AxesToInput : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["Squeeze", "Unsqueeze", "ReduceSum"];

    public override int Before => 13;

    public override void Apply(Lift node)
    {
        long[]? axes = node.TakeInts("axes");
        if (axes is null or []) node.Keep(node.Data);
        else node.Keep(node.Data, node.Longs(axes));
    }
}
