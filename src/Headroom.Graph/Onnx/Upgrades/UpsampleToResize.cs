namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opset 10 put Resize in Upsample's place, which it knows no more; before opset 9 the scales are an attribute.</summary>
internal sealed class UpsampleToResize : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["Upsample"];

    public override int Before => 10;

    public override string Becomes(string op) => "Resize";

    public override void Apply(Lift node)
    {
        Value scales = node.TakeFloats("scales") is { } listed ? node.Constant(TensorData.Floats(new Shape(listed.Length), listed)) : node.Input(1);
        node.Keep(node.Data, scales);
    }
}
