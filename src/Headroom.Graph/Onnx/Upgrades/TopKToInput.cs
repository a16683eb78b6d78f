namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opset 10 made the number of elements an input; before, it is an attribute. What opset 11 added has the old meaning where it is absent.</summary>
internal sealed class TopKToInput : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["TopK"];

    public override int Before => 10;

    public override void Apply(Lift node) => node.Keep(node.Data, node.Longs(node.TakeInt("k") ?? throw new GraphException("attribute 'k' is missing")));
}
