namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>Opset 18 made the axes of all other reductions an input, as opset 13 had done for the sum.</summary>
internal sealed class ReduceAxesToInput : Upgrade
{
    public override IReadOnlyList<string> Operators { get; } = ["ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSumSquare"];

    public override int Before => 18;

    public override void Apply(Lift node)
    {
        if (node.TakeInts("axes") is { Length: > 0 } axes) node.Keep(node.Data, node.Longs(axes));
        else node.Keep(node.Data);
    }
}
