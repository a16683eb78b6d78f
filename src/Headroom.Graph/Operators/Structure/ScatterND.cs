using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Puts slices by tuples of indices: the last axis of the indices holds tuples into the data's first axes. Data <c>[n.., rest..]</c>, indices <c>[i.., k]</c> and updates <c>[i.., rest after k axes..]</c>.
/// </summary>
/// <remarks>ONNX <c>ScatterND</c>, opset 13 (16 and 18 with reductions). The run refuses an index outside its axis by name and place.</remarks>
[OnnxOperator(13)]
public sealed class ScatterND : ScatterOperator
{
    public static Operator Read(OnnxAttributes a) => new ScatterND { Reduction = Words.Read(a, "reduction", ScatterReduction.None) };

    public override TensorType[] Infer(Signature s)
    {
        s.RequireSameElement(0, 2);
        Shape expected = GatherND.Slices(s, s.Input(0).Shape, 0);
        if (s.Input(2).Shape != expected) throw new GraphException($"the updates are {s.Input(2)}, indices {s.Input(1)} into {s.Input(0)} want {expected}");
        return [s.Input(0)];
    }

    // Exporters assign to parts of a shape this way.
    public override TensorData[]? Fold(Signature s)
    {
        if (Reduction != ScatterReduction.None || !Folding.Can(s)) return null;
        TensorData data = s.Constant(0)!, updates = s.Constant(2)!;
        long[] starts = GatherND.Starts(s.Constant(1)!, data.Type.Shape, 0);
        long slice = starts.Length == 0 ? 0 : updates.Type.Elements / starts.Length;
        var from = new long[data.Type.Elements];
        Array.Fill(from, -1);
        for (long i = 0; i < starts.Length; i++)
            for (long k = 0; k < slice; k++) from[starts[i] + k] = i * slice + k;
        return [Folding.Pick(s.Output(0), i => from[i] < 0 ? (data, i) : (updates, from[i]))];
    }

    protected override Value Gather(Backward b, Value from) => b.Add(new GatherND(), from, b.Input(1));

    protected override Value Scatter(Backward b, ScatterReduction reduction, Value data, Value updates) => b.Add(new ScatterND { Reduction = reduction }, data, b.Input(1), updates);
}
