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
            // As int64, which any depth fits.
            (string, object) whole = ("to", (long)OnnxTypes.Code(ElementType.Int64));
            Value depth = node.Add("Cast", [node.Add("Reshape", [node.Input(1), node.Longs()])], whole), wide = node.Add("Cast", [indices], whole);
            Value negative = node.Add("Less", [wide, node.Constant(TensorData.Scalar(0L))]);
            indices = node.Add("Where", [negative, depth, wide]);
        }
        node.Keep(indices, node.Input(1), node.Input(2));
    }
}
