namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opset 10 made a slice's bounds inputs; before, they are attributes.</summary>
internal sealed class SliceToInputs : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["Slice"];

    public override int Before => 10;

    public override void Apply(Lift node)
    {
        Value starts = Bound("starts"), ends = Bound("ends");
        if (node.TakeInts("axes") is { Length: > 0 } axes) node.Keep(node.Data, starts, ends, node.Longs(axes));
        else node.Keep(node.Data, starts, ends);

        Value Bound(string name) => node.Longs(node.TakeInts(name) ?? throw new GraphException($"attribute '{name}' is missing"));
    }
}
