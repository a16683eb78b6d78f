namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opset 14 gave the node a training mode and took two outputs away, the batch's own statistics; before, it trains where more than the first output is wanted.</summary>
internal sealed class BatchNormalizationMode : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["BatchNormalization"];

    public override int Before => 14;

    public override void Apply(Lift node)
    {
        if (node.Outputs.Skip(1).Any(o => o.Exists)) node.With("training_mode", 1L);
        // Saved for a gradient that the file holds no node of: where nobody reads them they are not missed.
        bool saved = node.Outputs.Skip(3).Any(o => o.Exists && node.IsRead(o));
        node.KeepAs(node.Op, [.. node.Inputs], [.. saved ? node.Outputs : node.Outputs.Take(3)]);
    }
}
