using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Reduces over axes. Input 1, a constant, lists them; absent, or empty, it means all axes.</summary>
/// <remarks>ONNX <c>Reduce*</c>, opset 18 (ReduceSum: 13), where the axes are an input.</remarks>
public abstract class ReduceOperator : Operator
{
    /// <summary>Reduced axes stay with extent 1.</summary>
    public bool KeepDims { get; init; } = true;

    /// <summary>An empty list of axes reduces nothing, rather than everything.</summary>
    public bool NoopWithEmptyAxes { get; init; }

    /// <summary>The axes where a file of an older opset gives them as an attribute; input 1 is absent then.</summary>
    public long[] FixedAxes { get; init; } = [];

    /// <summary>The opset from which the axes are an input; before, they are an attribute.</summary>
    protected virtual int AxesInputSince => 18;

    public override bool AcceptsStrides(int input) => input == 0;

    /// <summary>Whether the reduction of one element is that element; where it isn't (its square, its logarithm), reducing nothing still computes.</summary>
    protected virtual bool KeepsOne => true;

    // Nothing to reduce: the input as it is.
    public override int ViewInput => KeepsOne ? 0 : -1;

    public override View? View(Signature s, int output, ReadOnlySpan<long> strides) => KeepsOne && Axes(s).Length == 0 ? new View(0, strides.ToArray()) : null;

    public override bool ReadsValue(int input) => input == 1;

    /// <summary>The axes in ascending order, each in [0, rank).</summary>
    public int[] Axes(Signature s)
    {
        Shape shape = s.Input(0).Shape;
        long[] axes = s.Has(1) ? s.Longs(1, "the axes") : FixedAxes;
        if (axes.Length == 0) return NoopWithEmptyAxes ? [] : [.. Enumerable.Range(0, shape.Rank)];
        int[] sorted = [.. axes.Select(a => shape.Axis(a)).Order()];
        for (int i = 1; i < sorted.Length; i++) if (sorted[i] == sorted[i - 1]) throw new GraphException($"axis {sorted[i]} is reduced twice");
        return sorted;
    }

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        Check(x);
        int[] axes = Axes(s);
        var dims = new List<long>();
        for (int i = 0; i < x.Rank; i++)
        {
            if (!axes.Contains(i)) dims.Add(x.Shape[i]);
            else if (KeepDims) dims.Add(1);
        }
        return [new TensorType(x.Element, new Shape([.. dims]))];
    }

    public override void Decode(DecodingRewrite r)
    {
        SequenceAxis axis = r.Axis(0) ?? throw r.Mixes();
        int[] reduced = Axes(r.Signature);
        if (reduced.Contains(axis.Axis)) throw r.Mixes();
        r.Carry(axis with { Axis = axis.Axis - (KeepDims ? 0 : reduced.Count(a => a < axis.Axis)) });
    }

    public override Cost Cost(Signature s) => new(s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    public override void Write(OnnxAttributes a)
    {
        a.Set("keepdims", KeepDims);
        if (NoopWithEmptyAxes) a.Set("noop_with_empty_axes", true);
        if (FixedAxes.Length > 0) a.Set("axes", FixedAxes);
    }

    public override void Export(OnnxExport e)
    {
        if (e.Opset < 20 && e.Element(e.Node.Inputs[0]) == ElementType.Bool) throw new GraphException("reduces bool since opset 20; export with opset 20 or later, or cast to int32");
        bool fromInput = e.Node.Inputs.Length > 1 && e.Node.Inputs[1].Exists;
        if (e.Opset >= AxesInputSince)
        {
            ImmutableArray<Value> inputs = !fromInput && FixedAxes.Length > 0 ? [e.Node.Inputs[0], e.Constant(TensorData.Longs(FixedAxes))] : e.Node.Inputs;
            e.Emit(Name, Domain, inputs, e.Node.Outputs, a => WriteFlags(a, true));
            return;
        }
        long[] axes = fromInput
            ? e.Known(e.Node.Inputs[1])?.ToLongs() ?? throw new GraphException($"opset {e.Opset} needs constant axes; export with opset {AxesInputSince}")
            : FixedAxes;
        if (axes.Length == 0 && NoopWithEmptyAxes)
        {
            if (!KeepsOne) throw new GraphException($"reduces nothing (noop_with_empty_axes) since opset {AxesInputSince}; export with that opset or later");
            e.Emit("Identity", Domain, [e.Node.Inputs[0]], e.Node.Outputs);
            return;
        }
        e.Emit(Name, Domain, [e.Node.Inputs[0]], e.Node.Outputs, a =>
        {
            WriteFlags(a, false);
            if (axes.Length > 0) a.Set("axes", axes);
        });
    }

    // The no-op flag came with the axes' input.
    private void WriteFlags(OnnxAttributes a, bool noop)
    {
        a.Set("keepdims", KeepDims);
        if (noop && NoopWithEmptyAxes) a.Set("noop_with_empty_axes", true);
    }

    /// <exception cref="GraphException">The reduction doesn't hold for the type.</exception>
    protected virtual void Check(TensorType x)
    {
        if (x.Element == ElementType.Bool) throw new GraphException($"takes numbers, the input is {x}; cast it");
    }

    /// <summary>The output's gradient with the reduced axes back as extents of 1.</summary>
    protected Value KeptGradient(Backward b) => Kept(b, b.OutputGradient(0));

    /// <summary>A value of the output's shape with the reduced axes back as extents of 1.</summary>
    protected Value Kept(Backward b, Value value)
    {
        Shape shape = b.Signature.Input(0).Shape;
        foreach (int axis in Axes(b.Signature)) shape = shape.With(axis, 1);
        return b.Reshape(value, shape);
    }

    /// <summary>How many elements fall into one.</summary>
    protected long Count(Signature s) => Axes(s).Aggregate(1L, (n, axis) => n * s.Input(0).Shape[axis]);
}
