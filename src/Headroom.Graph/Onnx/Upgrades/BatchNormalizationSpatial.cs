namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opset 9 dropped <c>spatial</c>. Where it is 0 every element of a row has statistics of its own, as if the row were all channels: so it is read.</summary>
internal sealed class BatchNormalizationSpatial : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["BatchNormalization"];

    public override int Before => 9;

    public override void Apply(Lift node)
    {
        if (node.TakeInt("spatial") is null or not 0)
        {
            node.KeepAsItIs();
            return;
        }
        if (node.Outputs.Skip(1).Any(o => o.Exists)) throw new GraphException("has outputs of training and spatial 0; export the model for inference");
        Value flat = node.Longs(-1);
        Value[] inputs = [node.Add("Flatten", [node.Data], ("axis", 1L)), .. Enumerable.Range(1, 4).Select(i => node.Add("Reshape", [node.Input(i), flat]))];
        Value y = node.Fresh("rows");
        node.KeepAs(node.Op, inputs, y);
        node.AddTo(node.Output, "Reshape", [y, node.Add("Shape", [node.Data])]);
    }
}
