using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>The input's extents as an int64 vector, from axis <see cref="Start"/> up to <see cref="End"/>. Known when the graph gets its types: it never runs.</summary>
/// <remarks>ONNX <c>Shape</c>, opset 15 (13 without the range). Axes outside the rank are clamped, as it says.</remarks>
[OnnxOperator(13, Name = "Shape")]
public sealed class ShapeOf : Operator
{
    public long Start { get; init; }

    /// <summary>Null: to the last axis.</summary>
    public long? End { get; init; }

    public override string Name => "Shape";

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => ElementType.Int64;

    public override bool ReadsTypeOnly(int input) => true;

    public static Operator Read(OnnxAttributes a) => new ShapeOf { Start = a.Int("start", 0), End = a.Has("end") ? a.Int("end", 0) : null };

    public override TensorType[] Infer(Signature s)
    {
        (int start, int count) = Range(s.Input(0).Rank);
        return [new TensorType(ElementType.Int64, new Shape(count))];
    }

    public override Cost Cost(Signature s) => default;

    public override TensorData[]? Fold(Signature s)
    {
        (int start, int count) = Range(s.Input(0).Rank);
        return [TensorData.Longs(s.Input(0).Shape.Dims.Slice(start, count))];
    }

    public override void Write(OnnxAttributes a)
    {
        if (Start != 0) a.Set("start", Start);
        if (End is long end) a.Set("end", end);
    }

    // The range came with opset 15; a slice of the whole shape is the same.
    public override void Export(OnnxExport e)
    {
        if (e.Opset >= 15 || (Start == 0 && End is null))
        {
            base.Export(e);
            return;
        }
        Value whole = e.Emit("Shape", null, e.Node.Inputs[0]);
        e.Emit("Slice", "", [whole, e.Constant(TensorData.Longs(Start)), e.Constant(TensorData.Longs(End ?? long.MaxValue))], e.Node.Outputs);
    }

    public override void Gradient(Backward b) { }

    private (int Start, int Count) Range(int rank)
    {
        long Clamp(long axis) => Math.Clamp(axis < 0 ? axis + rank : axis, 0, rank);
        long start = Clamp(Start), end = Clamp(End ?? rank);
        return ((int)start, (int)Math.Max(0, end - start));
    }
}
