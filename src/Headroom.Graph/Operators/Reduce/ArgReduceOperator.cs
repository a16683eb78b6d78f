using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Where along an axis the extreme element stands, as int64. A NaN counts as the extreme, as in numpy.</summary>
public abstract class ArgReduceOperator : Operator
{
    protected ArgReduceOperator() { }

    protected ArgReduceOperator(OnnxAttributes a)
    {
        Axis = a.Int("axis", 0);
        KeepDims = a.Flag("keepdims", true);
        SelectLastIndex = a.Flag("select_last_index");
    }

    /// <summary>Negative counts from the end.</summary>
    public long Axis { get; init; }

    /// <summary>The axis stays with extent 1.</summary>
    public bool KeepDims { get; init; } = true;

    /// <summary>Among equals the last one is taken, rather than the first.</summary>
    public bool SelectLastIndex { get; init; }

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => ElementType.Int64;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        if (x.Element == ElementType.Bool) throw new GraphException($"takes numbers, the input is {x}; cast it");
        int axis = x.Shape.Axis(Axis);
        var kept = new TensorType(ElementType.Int64, x.Shape.With(axis, 1));
        if (x.Shape[axis] == 0 && kept.Elements > 0) throw new GraphException($"axis {axis} of {x} is empty: there is no element to point at");
        return [KeepDims ? kept : new TensorType(ElementType.Int64, new Shape([.. x.Shape.Dims[..axis], .. x.Shape.Dims[(axis + 1)..]]))];
    }

    public override Cost Cost(Signature s) => new(s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    // Indices are constant almost everywhere: nothing flows through.
    public override void Gradient(Backward b) { }

    public override void Write(OnnxAttributes a)
    {
        a.Set("axis", Axis);
        a.Set("keepdims", KeepDims);
        if (SelectLastIndex) a.Set("select_last_index", true);
    }
}
