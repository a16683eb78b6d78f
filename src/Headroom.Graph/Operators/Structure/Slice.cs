using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>A window, <c>x[start:end:step]</c> on each axis listed. Inputs: x, starts, ends, axes (absent: the first ones), steps (absent: 1).</summary>
/// <remarks>ONNX <c>Slice</c>, opset 13: numpy's rule, with bounds clamped. A view where no step is negative.</remarks>
[OnnxOperator(13)]
public sealed class Slice : Operator
{
    public override int ViewInput => 0;

    public static Operator Read(OnnxAttributes a) => new Slice();

    public override bool ReadsValue(int input) => input > 0;

    public override bool AcceptsStrides(int input) => input == 0;

    public override TensorType[] Infer(Signature s) => [new TensorType(s.Input(0).Element, new Shape([.. Window(s).Select(w => w.Count)]))];

    // A window on the positions would keep some and drop others.
    public override void Decode(DecodingRewrite r)
    {
        SequenceAxis axis = r.Axis(0) ?? throw r.Mixes();
        if (Window(r.Signature)[axis.Axis] != (0, 1, r.Signature.Input(0).Shape[axis.Axis])) throw r.Mixes();
        r.Carry(axis);
    }

    public override Cost Cost(Signature s) => new(0, s.Output(0).Bytes, s.Output(0).Bytes);

    public override View? View(Signature s, int output, ReadOnlySpan<long> strides)
    {
        (long Start, long Step, long Count)[] window = Window(s);
        if (window.Any(w => w.Step < 0)) return null;
        long offset = 0;
        var result = new long[strides.Length];
        for (int i = 0; i < result.Length; i++)
        {
            offset += window[i].Count == 0 ? 0 : window[i].Start * strides[i];
            result[i] = strides[i] * (window[i].Count > 1 ? window[i].Step : 1);
        }
        return new View(offset, result);
    }

    public override TensorData[]? Fold(Signature s)
    {
        if (!Folding.Can(s)) return null;
        TensorData x = s.Constant(0)!;
        TensorType type = s.Output(0);
        (long Start, long Step, long Count)[] window = Window(s);
        long[] strides = x.Type.Shape.Strides();
        return [Folding.Pick(type, i =>
        {
            long at = 0;
            for (int axis = type.Rank - 1; axis >= 0; axis--)
            {
                at += (window[axis].Start + (i % window[axis].Count * window[axis].Step)) * strides[axis];
                i /= window[axis].Count;
            }
            return (x, at);
        })];
    }

    public override void Gradient(Backward b)
    {
        (long Start, long Step, long Count)[] window = Window(b.Signature);
        b.Accumulate(0, b.Add(new SliceGradient
        {
            Extents = b.Signature.Input(0).Shape.Dims.ToArray(),
            Starts = [.. window.Select(w => w.Start)],
            Steps = [.. window.Select(w => w.Step)],
        }, b.OutputGradient(0)));
    }

    /// <summary>For each axis of the input: the first index, the step, and how many are taken.</summary>
    /// <exception cref="GraphException">The lists don't fit the input or each other.</exception>
    public static (long Start, long Step, long Count)[] Window(Signature s)
    {
        Shape x = s.Input(0).Shape;
        long[] starts = s.Longs(1, "the starts"), ends = s.Longs(2, "the ends");
        if (starts.Length > x.Rank) throw new GraphException($"slices {starts.Length} axes of a tensor of rank {x.Rank} {x}");
        long[] axes = s.Has(3) ? s.Longs(3, "the axes") : [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        long[] steps = s.Has(4) ? s.Longs(4, "the steps") : [.. starts.Select(_ => 1L)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
            throw new GraphException($"has {starts.Length} starts, {ends.Length} ends, {axes.Length} axes and {steps.Length} steps; as many of each are needed");
        var window = new (long Start, long Step, long Count)[x.Rank];
        for (int i = 0; i < window.Length; i++) window[i] = (0, 1, x[i]);
        var seen = new bool[x.Rank];
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = x.Axis(axes[i]);
            if (seen[axis]) throw new GraphException($"axis {axis} is sliced twice");
            if (steps[i] == 0) throw new GraphException($"the step on axis {axis} is 0");
            seen[axis] = true;
            window[axis] = Range(x[axis], starts[i], ends[i], steps[i]);
        }
        return window;
    }

    private static (long Start, long Step, long Count) Range(long extent, long start, long end, long step)
    {
        if (extent == 0) return (0, 1, 0);

        // A step beyond the extent takes one element; limiting it keeps the sums below free of overflow.
        step = Math.Clamp(step, -extent, extent);
        long Clamp(long at, long low, long high) => Math.Clamp(at < 0 ? at + extent : at, low, high);
        (long from, long to) = step > 0 ? (Clamp(start, 0, extent), Clamp(end, 0, extent)) : (Clamp(start, 0, extent - 1), Clamp(end, -1, extent - 1));
        long span = step > 0 ? to - from : from - to;
        long count = span <= 0 ? 0 : (span + Math.Abs(step) - 1) / Math.Abs(step);
        return (count == 0 ? 0 : from, step, count);
    }
}

/// <summary>The gradient of <see cref="Slice"/>: dy in its window, zero elsewhere. Input: dy.</summary>
public sealed class SliceGradient : Operator
{
    /// <summary>The shape of what was sliced.</summary>
    public required long[] Extents { get; init; }

    /// <summary>The first index taken, for each axis.</summary>
    public required long[] Starts { get; init; }

    /// <summary>The step, for each axis.</summary>
    public required long[] Steps { get; init; }

    public override string Domain => "headroom";

    public override bool AcceptsStrides(int input) => true;

    public override TensorType[] Infer(Signature s)
    {
        TensorType dy = s.Input(0);
        s.RequireRank(0, Extents.Length, "dy");
        for (int i = 0; i < dy.Rank; i++)
        {
            long last = Starts[i] + (dy.Shape[i] - 1) * Steps[i];
            if (dy.Shape[i] > 0 && (Starts[i] < 0 || Starts[i] >= Extents[i] || last < 0 || last >= Extents[i]))
                throw new GraphException($"{dy.Shape[i]} elements from {Starts[i]} by {Steps[i]} leave axis {i} of {new Shape(Extents)}");
        }
        return [new TensorType(dy.Element, new Shape(Extents))];
    }

    public override Cost Cost(Signature s) => new(0, s.InputBytes, s.OutputBytes + s.InputBytes);
}
