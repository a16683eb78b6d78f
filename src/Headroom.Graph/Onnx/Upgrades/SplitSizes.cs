namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opset 13 made the sizes an input; before, they are an attribute.</summary>
internal sealed class SplitSizes : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["Split"];

    public override int Before => 13;

    public override void Apply(Lift node)
    {
        if (node.TakeInts("split") is { Length: > 0 } sizes) node.Keep(node.Data, node.Longs(sizes));
        else node.Keep(node.Data);
    }
}
