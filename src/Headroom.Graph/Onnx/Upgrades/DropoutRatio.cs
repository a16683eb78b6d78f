namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opset 12 made the ratio an input, and left training to another; before, it is an attribute.</summary>
internal sealed class DropoutRatio : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["Dropout"];

    public override int Before => 12;

    public override void Apply(Lift node)
    {
        if (node.TakeFloat("ratio") is { } ratio) node.Keep(node.Data, node.Constant(TensorData.Scalar(ratio)));
        else node.Keep(node.Data);
    }
}
