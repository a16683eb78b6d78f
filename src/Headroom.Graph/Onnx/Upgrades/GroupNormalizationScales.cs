namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opset 21 gives each channel a scale and a bias of its own; before, each group has one, which all of its channels share.</summary>
internal sealed class GroupNormalizationScales : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["GroupNormalization"];

    public override int Before => 21;

    public override void Apply(Lift node)
    {
        long groups = node.TakeInt("num_groups") ?? throw new GraphException("attribute 'num_groups' is missing");
        if (groups < 1) throw new GraphException($"num_groups is {groups}; it must be 1 or more");
        Value count = node.Longs(groups);
        Value channels = node.Add("Shape", [node.Data], ("start", 1L), ("end", 2L));
        Value spread = node.Add("Concat", [count, node.Add("Div", [channels, count])], ("axis", 0L));
        node.With("num_groups", groups).Keep(node.Data, Spread(1), Spread(2));

        Value Spread(int input)
        {
            Value column = node.Add("Reshape", [node.Input(input), node.Longs(groups, 1)]);
            return node.Add("Reshape", [node.Add("Expand", [column, spread]), node.Longs(-1)]);
        }
    }
}
