namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opset 14 gave the node a training mode; before, it trains where more than the first output is wanted.</summary>
internal sealed class BatchNormalizationMode : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["BatchNormalization"];

    public override int Before => 14;

    public override void Apply(Lift node)
    {
        if (node.Outputs.Skip(1).Any(o => o.Exists)) node.With("training_mode", 1L);
        node.KeepAsItIs();
    }
}
