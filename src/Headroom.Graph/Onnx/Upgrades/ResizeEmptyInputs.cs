namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opset 13 let a region and scales be absent; before, and in many files since, an empty tensor stands for nothing.</summary>
internal sealed class ResizeEmptyInputs : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["Resize"];

    public override int Before => Always;

    public override void Apply(Lift node)
        => node.Keep([.. node.Inputs.Select((v, i) => i is 1 or 2 && node.Known(v) is { Type.Elements: 0 } ? Value.None : v)]);
}
