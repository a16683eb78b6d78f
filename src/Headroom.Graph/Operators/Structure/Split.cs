using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Cuts the input along an axis into one piece an output: of the sizes that input 1 gives, or, where it is absent, of equal size
/// (with <see cref="Parts"/> set, the last piece is smaller where the extent doesn't divide).
/// </summary>
/// <remarks>ONNX <c>Split</c>, opset 13 and 18. Views: strided windows on the input.</remarks>
[OnnxOperator(13)]
public sealed class Split : Operator
{
    public long Axis { get; init; }

    /// <summary>Opset 18's <c>num_outputs</c>; 0 where the file doesn't say.</summary>
    public long Parts { get; init; }

    public override int ViewInput => 0;

    public static Operator Read(OnnxAttributes a) => new Split { Axis = a.Int("axis", 0), Parts = a.Int("num_outputs", 0) };

    public override bool ReadsValue(int input) => input == 1;

    public override bool AcceptsStrides(int input) => input == 0;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        int axis = x.Shape.Axis(Axis);
        return [.. Sizes(s).Select(size => new TensorType(x.Element, x.Shape.With(axis, size)))];
    }

    public override void Decode(DecodingRewrite r) => r.CarryBeside(r.Signature.Input(0).Shape.Axis(Axis));

    public override Cost Cost(Signature s) => new(0, s.OutputBytes, s.OutputBytes);

    public override View? View(Signature s, int output, ReadOnlySpan<long> strides)
        => new View(Sizes(s)[..output].Sum() * strides[s.Input(0).Shape.Axis(Axis)], strides.ToArray());

    public override TensorData[]? Fold(Signature s) => Folding.Viewed(this, s);

    // Pieces that the loss doesn't depend on count as zeros: one number, broadcast.
    public override void Gradient(Backward b)
    {
        TensorType x = b.Signature.Input(0);
        int axis = x.Shape.Axis(Axis);
        long[] sizes = Sizes(b.Signature);
        var parts = new Value[sizes.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            Value gradient = b.OutputGradient(i);
            parts[i] = gradient.Exists ? gradient : b.Add(new Expand(),
                b.Constant(TensorData.Fill(x.Element, Shape.Scalar, 0)), b.Constant(TensorData.Longs(x.Shape.With(axis, sizes[i]).Dims)));
        }
        b.Accumulate(0, b.Add(new Concat { Axis = axis }, parts));
    }

    public override void Write(OnnxAttributes a)
    {
        a.Set("axis", Axis);
        if (Parts > 0) a.Set("num_outputs", Parts);
    }

    public override void Export(OnnxExport e)
    {
        bool given = e.Node.Inputs.Length > 1 && e.Node.Inputs[1].Exists;
        if (e.Opset < 18 && Parts > 0 && !given) throw new GraphException($"opset {e.Opset} splits by a list of sizes only; give one, or export with opset 18");
        // Their number is part of the meaning: one that nobody reads keeps its place under a name of its own.
        ImmutableArray<Value> outputs = [.. e.Node.Outputs.Select(o => o.Exists ? o : e.Fresh("unread"))];
        e.Emit(Name, Domain, e.Node.Inputs, outputs, a =>
        {
            a.Set("axis", Axis);
            if (e.Opset >= 18 && !given) a.Set("num_outputs", (long)e.Node.Outputs.Length);
        });
    }

    private long[] Sizes(Signature s)
    {
        Shape x = s.Input(0).Shape;
        int axis = x.Axis(Axis);
        long extent = x[axis];
        int count = s.OutputCount;
        if (s.Has(1))
        {
            long[] sizes = s.Longs(1, "the sizes");
            string list = string.Join(", ", sizes);
            if (sizes.Length != count) throw new GraphException($"has {count} outputs, {sizes.Length} sizes are given: [{list}]");
            long sum = 0;
            foreach (long size in sizes) sum = size >= 0 ? checked(sum + size) : throw new GraphException($"[{list}] has a negative size");
            if (sum != extent) throw new GraphException($"[{list}] sums to {sum}, axis {axis} of {x} has {extent}");
            return sizes;
        }
        if (Parts > 0 && Parts != count) throw new GraphException($"has {count} outputs, num_outputs is {Parts}");
        if (count == 0) throw new GraphException("has no outputs");
        if (Parts == 0 && extent % count != 0) throw new GraphException($"axis {axis} of {x} does not divide into {count} equal pieces; give their sizes");
        long piece = (extent + count - 1) / count;
        var result = new long[count];
        for (int i = 0; i < count; i++) result[i] = Math.Clamp(extent - (i * piece), 0, piece);
        return result;
    }
}
