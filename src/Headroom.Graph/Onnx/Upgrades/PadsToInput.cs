namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opset 11 made the padding and what fills it inputs; before, they are attributes.</summary>
internal sealed class PadsToInput : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["Pad"];

    public override int Before => 11;

    public override void Apply(Lift node)
    {
        Value pads = node.Longs(node.TakeInts("pads") ?? throw new GraphException("attribute 'pads' is missing"));
        float fill = node.TakeFloat("value") ?? 0;
        if (fill == 0) node.Keep(node.Data, pads);
        else node.Keep(node.Data, pads, node.Constant(TensorData.Fill(node.Element(node.Data), Shape.Scalar, fill)));
    }
}
