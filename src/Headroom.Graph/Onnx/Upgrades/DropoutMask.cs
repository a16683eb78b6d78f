namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>
/// Where nothing is dropped, in inference or by a ratio of 0, a mask is all ones; elsewhere the node itself is refused. So one that somebody reads is made apart, and one that nobody reads is left out.
/// Before opset 10 it has the data's type, since then it is bool.
/// </summary>
internal sealed class DropoutMask : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["Dropout"];

    public override int Before => Always;

    public override void Apply(Lift node)
    {
        if (node.Outputs.Count < 2 || !node.Outputs[1].Exists)
        {
            node.KeepAsItIs();
            return;
        }
        Value mask = node.Outputs[1];
        // The node stays even where the mask alone is wanted: it tells whether anything is dropped.
        Value y = node.Outputs[0].Exists ? node.Outputs[0] : node.FreshBeside(mask, "data");
        node.KeepAs(node.Op, [.. node.Inputs], y);
        if (!node.IsRead(mask)) return;
        ElementType type = node.FileOpset < 10 ? node.Element(node.Data) : ElementType.Bool;
        node.AddTo(mask, "ConstantOfShape", [node.AddBeside(mask, "Shape", [y])], ("value", TensorData.Fill(type, new Shape(1), 1)));
    }
}
