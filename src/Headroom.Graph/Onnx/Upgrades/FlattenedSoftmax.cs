namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>
/// Before opset 13 the input counts as a matrix: the axes before <c>axis</c> (1 where absent) are its rows, all others together its columns. Since then the sum runs along one axis.
/// Where that axis is the last, which the rank that the file gives may tell, both say the same.
/// </summary>
internal sealed class FlattenedSoftmax : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["Softmax", "LogSoftmax", "Hardmax"];

    public override int Before => 13;

    public override void Apply(Lift node)
    {
        long axis = node.TakeInt("axis") ?? 1;
        Value x = node.Data;
        int? rank = node.Rank(x) ?? node.Rank(node.Output);
        if (axis == -1 || axis == rank - 1)
        {
            node.With("axis", axis).Keep(x);
            return;
        }
        Value y = node.Fresh("rows");
        node.With("axis", -1L).KeepAs(node.Op, [node.Add("Flatten", [x], ("axis", axis))], y);
        node.AddTo(node.Output, "Reshape", [y, node.Add("Shape", [x])]);
    }
}
