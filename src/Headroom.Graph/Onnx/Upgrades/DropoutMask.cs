namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>In inference nothing is dropped: a mask that somebody reads is all ones, and one that nobody reads is left out. Before opset 10 it has the data's type, since then it is bool.</summary>
internal sealed class DropoutMask : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["Dropout"];

    public override int Before => Always;

    public override void Apply(Lift node)
    {
        bool inference = !node.Input(2).Exists || (node.Known(node.Input(2)) is { } training && training.Bytes.IndexOfAnyExcept((byte)0) < 0);
        if (node.Outputs.Count < 2 || !node.Outputs[1].Exists || !inference)
        {
            node.KeepAsItIs();
            return;
        }
        Value[] inputs = [.. Enumerable.Range(0, Math.Min(2, node.InputCount)).Select(node.Input)];
        Value mask = node.Outputs[1];
        if (node.Outputs[0].Exists) node.KeepAs(node.Op, inputs, node.Outputs[0]);
        if (!node.IsRead(mask)) return;
        ElementType type = node.FileOpset < 10 ? node.Element(node.Data) : ElementType.Bool;
        node.AddTo(mask, "ConstantOfShape", [node.AddBeside(mask, "Shape", [node.Data])], ("value", TensorData.Fill(type, new Shape(1), 1)));
    }
}
