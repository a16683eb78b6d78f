namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>
/// Where nothing is dropped, a mask that somebody reads is all ones, and one that nobody reads is left out. Before opset 10 it has the data's type, since then it is bool.
/// A node in training mode that does drop is refused by its shape rule, so a mask of ones is never a wrong one.
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
        Value[] inputs = [.. Enumerable.Range(0, node.InputCount).Select(node.Input)];
        Value mask = node.Outputs[1];
        if (node.Outputs[0].Exists) node.KeepAs(node.Op, inputs, node.Outputs[0]);
        if (!node.IsRead(mask)) return;
        ElementType type = node.FileOpset < 10 ? node.Element(node.Data) : ElementType.Bool;
        node.AddTo(mask, "ConstantOfShape", [node.AddBeside(mask, "Shape", [node.Data])], ("value", TensorData.Fill(type, new Shape(1), 1)));
    }
}
