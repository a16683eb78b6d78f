using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>How the losses of rows become one.</summary>
public enum LossReduction
{
    /// <summary>The mean over rows that count; weighted where classes have weights.</summary>
    Mean,

    Sum,

    /// <summary>One loss a row.</summary>
    None,
}

/// <summary>What the forms of the cross-entropy share. Inputs: scores <c>[rows, classes]</c> or <c>[rows, classes, positions...]</c>, labels without the class axis (int64 or int32), and, optional, a weight for each class.</summary>
public abstract class CrossEntropyOperator : Operator
{
    protected CrossEntropyOperator() { }

    protected CrossEntropyOperator(CrossEntropyOperator other)
    {
        Reduction = other.Reduction;
        IgnoreIndex = other.IgnoreIndex;
    }

    public LossReduction Reduction { get; init; }

    /// <summary>Rows of this label contribute nothing; null: every row counts.</summary>
    public long? IgnoreIndex { get; init; }

    public override void Write(OnnxAttributes a)
    {
        a.Set("reduction", Reduction switch { LossReduction.Mean => "mean", LossReduction.Sum => "sum", _ => "none" });
        if (IgnoreIndex is { } ignored) a.Set("ignore_index", ignored);
    }

    protected static long? IgnoreIndexOf(OnnxAttributes a) => a.Has("ignore_index") ? a.Int("ignore_index", 0) : null;

    protected static LossReduction ReductionOf(OnnxAttributes a) => a.Text("reduction", "mean") switch
    {
        "mean" => LossReduction.Mean,
        "sum" => LossReduction.Sum,
        "none" => LossReduction.None,
        string other => throw new GraphException($"reduction is '{other}'; mean, sum and none are known"),
    };

    /// <summary>What losses are summed in, and training's loss is: fp32 for 16-bit scores as well, for a mean over thousands of rows has no business in bf16.</summary>
    protected static ElementType LossType(TensorType scores) => scores.Element == ElementType.Float64 ? ElementType.Float64 : ElementType.Float32;

    /// <summary>Checks scores, labels and weights, and gives the shape of the losses by row.</summary>
    /// <param name="s">The node's types.</param>
    /// <param name="scores">Which input the scores are; the labels follow.</param>
    /// <param name="weights">Which input the class weights are.</param>
    protected static Shape Check(Signature s, int scores, int weights)
    {
        TensorType x = s.Input(scores), y = s.Input(scores + 1);
        if (!x.Element.IsFloat()) throw new GraphException($"the scores are {x}; floats are needed: cast them");
        if (x.Rank < 2) throw new GraphException($"the scores {x} must be [rows, classes] or [rows, classes, positions...]");
        if (x.Shape[1] < 1) throw new GraphException($"the scores {x} have no classes");
        if (y.Element is not (ElementType.Int64 or ElementType.Int32)) throw new GraphException($"the labels are {y}; class indices, int64 or int32, are needed");
        var rows = new Shape([x.Shape[0], .. x.Shape.Dims[2..]]);
        if (y.Shape != rows) throw new GraphException($"the scores {x.Shape} need labels {rows}, they are {y.Shape}");
        if (!s.Has(weights)) return rows;
        TensorType w = s.Input(weights);
        if (w.Shape != new Shape(x.Shape[1]) || (w.Element != x.Element && w.Element != LossType(x))) throw new GraphException($"the class weights are {w}; {new TensorType(LossType(x), x.Shape[1])} is needed");
        return rows;
    }
}
