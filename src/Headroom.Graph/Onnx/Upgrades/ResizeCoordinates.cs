namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>
/// Before opset 11 an element lies at its index times the scale; of two neighbours the nearest is the lower where a tensor grows and the upper where it shrinks.
/// Where some axes grow and others shrink, one node does the first and another the second: the axes don't see each other.
/// </summary>
/// <remarks>The specification of opset 10 leaves the rounding open; this is what its test cases have.</remarks>
internal sealed class ResizeCoordinates : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["Resize"];

    public override int Before => 11;

    public override void Apply(Lift node)
    {
        node.With("coordinate_transformation_mode", "asymmetric");
        Value x = node.Data, scales = node.Input(1);
        if (node.Text("mode", "nearest") != "nearest")
        {
            node.Keep(x, Value.None, scales);
            return;
        }
        float[] factors = node.Known(scales) is { Type.Element: ElementType.Float32 } known ? known.As<float>().ToArray() : [];
        bool grows = factors.Any(f => f > 1), shrinks = factors.Any(f => f < 1);
        if (grows && shrinks)
        {
            x = node.Add("Resize", [x, Value.None, Scales(factors.Select(f => Math.Max(f, 1)))], ("coordinate_transformation_mode", "asymmetric"), ("mode", "nearest"), ("nearest_mode", "floor"));
            scales = Scales(factors.Select(f => Math.Min(f, 1)));
        }
        node.With("nearest_mode", shrinks ? "ceil" : "floor").Keep(x, Value.None, scales);

        Value Scales(IEnumerable<float> values)
        {
            float[] list = [.. values];
            return node.Constant(TensorData.Floats(new Shape(list.Length), list));
        }
    }
}
