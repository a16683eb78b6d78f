namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opset 11 made the limits inputs of the data's type; before, they are attributes, and the largest floats stand for none.</summary>
internal sealed class ClipLimits : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["Clip"];

    public override int Before => 11;

    public override void Apply(Lift node)
    {
        Value Limit(float? value, float none)
            => value is { } v && v != none ? node.Constant(TensorData.Fill(node.Element(node.Data), Shape.Scalar, v)) : Value.None;
        Value low = Limit(node.TakeFloat("min"), float.MinValue), high = Limit(node.TakeFloat("max"), float.MaxValue);
        if (high.Exists) node.Keep(node.Data, low, high);
        else if (low.Exists) node.Keep(node.Data, low);
        else node.Keep(node.Data);
    }
}
