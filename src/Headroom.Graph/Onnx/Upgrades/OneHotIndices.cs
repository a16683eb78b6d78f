namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Since opset 11 a negative index counts from the end; before, it is outside, as one is that reaches the depth: so it becomes one.</summary>
internal sealed class OneHotIndices : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["OneHot"];

    public override int Before => 11;

    public override void Apply(Lift node)
    {
        Value indices = node.Data;
        ElementType type = node.Element(indices);
        if (type != ElementType.UInt8 && !(node.Known(indices) is { } known && known.ToDoubles().All(i => i >= 0)))
        {
            Value depth = node.Add("Cast", [node.Add("Reshape", [node.Input(1), node.Longs()])], ("to", (long)OnnxTypes.Code(type)));
            Value negative = node.Add("Less", [indices, node.Constant(TensorData.Fill(type, Shape.Scalar, 0))]);
            indices = node.Add("Where", [negative, depth, indices]);
        }
        node.Keep(indices, node.Input(1), node.Input(2));
    }
}
