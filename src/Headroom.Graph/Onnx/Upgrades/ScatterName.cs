namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opset 11 calls it ScatterElements.</summary>
internal sealed class ScatterName : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["Scatter"];

    public override int Before => 11;

    public override string Becomes(string op) => "ScatterElements";

    public override void Apply(Lift node) => node.KeepAsItIs();
}
