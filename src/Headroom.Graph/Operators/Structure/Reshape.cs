using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>The same elements, row-major, in the shape that input 1 gives: -1 once for what is left, 0 for the input's own extent unless <see cref="AllowZero"/>.</summary>
/// <remarks>ONNX <c>Reshape</c>, opset 14. A view: nothing moves.</remarks>
[OnnxOperator(13)]
public sealed class Reshape : Operator
{
    /// <summary>0 means an extent of zero, not "as the input".</summary>
    public bool AllowZero { get; init; }

    public override int ViewInput => 0;

    // Many strided tensors can be seen in the new shape as they lie; where one can't, the kernel copies.
    public override bool AcceptsStrides(int input) => input == 0;

    public override bool ReadsValue(int input) => input == 1;

    public static Operator Read(OnnxAttributes a) => new Reshape { AllowZero = a.Flag("allowzero") };

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        long[] dims = s.Longs(1, "the shape");
        int free = -1;
        long known = 1;
        for (int i = 0; i < dims.Length; i++)
        {
            if (dims[i] == 0 && !AllowZero)
            {
                if (i >= x.Rank) throw new GraphException($"the shape copies axis {i} of an input of rank {x.Rank}");
                dims[i] = x.Shape[i];
            }
            if (dims[i] < -1 || (dims[i] == -1 && free >= 0)) throw new GraphException($"[{string.Join(", ", dims)}] is no shape: -1 may stand once, other extents are not negative");
            if (dims[i] == -1) free = i;
            else known = checked(known * dims[i]);
        }
        if (free >= 0) dims[free] = known == 0 ? 0 : x.Elements / known;
        var shape = new Shape(dims);
        if (shape.Elements != x.Elements) throw new GraphException($"{x.Shape} has {x.Elements} elements, {shape} has {shape.Elements}");
        return [new TensorType(x.Element, shape)];
    }

    // 0 copies the input's own extent.
    public override TensorData? ForAnyBatch(int input, TensorData value, long batch)
        => !AllowZero && value.ToLongs() is [long first, .. long[] rest] && first == batch ? TensorData.Longs([0, .. rest]) : null;

    public override void Decode(DecodingRewrite r)
    {
        SequenceAxis axis = r.Reshaped();
        r.Carry(axis, 1, r.Dims(axis));
    }

    public override Cost Cost(Signature s) => default;

    public override View? View(Signature s, int output, ReadOnlySpan<long> strides)
        => Windows.Reshape(s.Input(0).Shape, strides, s.Output(0).Shape) is long[] window ? new View(0, window) : null;

    public override TensorData[]? Fold(Signature s) => Folding.Reshaped(s);

    public override void Gradient(Backward b) => b.Accumulate(0, b.Reshape(b.OutputGradient(0), b.Signature.Input(0).Shape));

    public override void Write(OnnxAttributes a)
    {
        if (AllowZero) a.Set("allowzero", true);
    }

    public override void Export(OnnxExport e)
    {
        if (!AllowZero || e.Opset >= 14)
        {
            base.Export(e);
            return;
        }
        // Opset 13 has no such flag; without a zero the two forms say the same.
        if (e.Known(e.Node.Inputs[1])?.ToLongs().Contains(0) ?? true) throw new GraphException($"opset {e.Opset} has no reshape to an extent of zero; export with opset 14");
        e.Emit(Name, Domain, e.Node.Inputs, e.Node.Outputs);
    }
}
