namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opset 13 let a region and scales be absent; before, and in many files since, an empty tensor stands for nothing.</summary>
internal sealed class ResizeEmptyInputs : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["Resize"];

    public override int Before => Always;

    public override void Apply(Lift node)
        => node.Keep([.. Enumerable.Range(0, node.InputCount).Select(i => i is 1 or 2 && node.Known(node.Input(i)) is { Type.Elements: 0 } ? Value.None : node.Input(i))]);
}
