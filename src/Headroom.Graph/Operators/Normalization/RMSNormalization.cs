using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Root-mean-square normalization over the axes from <see cref="Axis"/> on: <c>y = x / √(mean(x²) + ε) · scale</c>. Inputs: x; scale, broadcast to x. The result has the scale's type.
/// </summary>
/// <remarks>ONNX <c>RMSNormalization</c>, opset 23; to older opsets it is written as its formula. Zhang and Sennrich, arXiv:1910.07467, eq. 4. Sums are fp32 or wider whatever <c>stash_type</c> says.</remarks>
[OnnxOperator(23)]
public sealed class RMSNormalization : Operator
{
    /// <summary>The first normalized axis; negative counts from the end.</summary>
    public long Axis { get; init; } = -1;

    public float Epsilon { get; init; } = 1e-5f;

    public override Precision Precision => Precision.First;

    public static Operator Read(OnnxAttributes a)
    {
        StashType.Read(a);
        return new RMSNormalization { Axis = a.Int("axis", -1), Epsilon = a.Float("epsilon", 1e-5f) };
    }

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0), scale = s.Input(1);
        Shape normalized = NormalizedAxes.Of(x, Axis);
        if (!scale.Element.IsFloat()) throw new GraphException($"scale is {scale}; it must be floating: cast it");
        if (!(Epsilon >= 0)) throw new GraphException($"epsilon is {Epsilon}; it must not be negative");
        NormalizedAxes.RequireBroadcast(x, normalized, scale, "scale");
        return [new TensorType(scale.Element, x.Shape)];
    }

    // A set's statistics are complete before its first element is written.
    public override int MayOverwrite(int output) => 0;

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => inputs[1];

    public override void Decode(DecodingRewrite r) => r.CarryBeside(NormalizedAxes.Listed(r.Signature.Input(0), Axis));

    public override Cost Cost(Signature s) => new(5.0 * s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    public override void Gradient(Backward b)
    {
        TensorType x = b.Signature.Input(0), scale = b.Signature.Input(1);
        Shape normalized = NormalizedAxes.Of(x, Axis);
        Value dy = b.OutputGradient(0);
        var gradient = new RMSNormalizationGradient { Axis = Axis, Epsilon = Epsilon };
        if (scale.Shape == normalized)
        {
            ImmutableArray<Value> g = b.AddMany(gradient, 2, dy, b.Input(0), b.Input(1));
            for (int i = 0; i < 2; i++) if (b.Needs(i)) b.Accumulate(i, g[i]);
            return;
        }
        // A scale of another shape multiplies what a scale of ones would give.
        Value ones = NormalizedAxes.Ones(b, normalized, scale.Element);
        if (b.Needs(0)) b.Accumulate(0, b.AddMany(gradient, 1, b.Add(new Mul(), dy, b.Input(1)), b.Input(0), ones)[0]);
        if (b.Needs(1)) b.Accumulate(1, b.SumTo(b.Add(new Mul(), dy, b.Add(this, b.Input(0), ones)), scale.Shape));
    }

    public override void Write(OnnxAttributes a)
    {
        a.Set("axis", Axis);
        a.Set("epsilon", Epsilon);
    }

    public override void Export(OnnxExport e)
    {
        if (e.Opset >= 23)
        {
            base.Export(e);
            return;
        }
        Value x = e.Node.Inputs[0], scale = e.Node.Inputs[1], rows = x;
        ElementType type = e.Element(x), result = e.Element(scale), computed = type.Size() == 2 ? ElementType.Float32 : type;
        // An axis that counts from the front: how many there are behind it isn't known here, so they are made one.
        if (Axis >= 0) rows = e.Emit("Flatten", a => a.Set("axis", Axis), x);
        // The sum of squares soon leaves fp16's range.
        if (computed != type) rows = e.Emit("Cast", a => a.Set("to", OnnxTypes.Code(computed)), rows);
        long[] axes = Axis >= 0 ? [-1] : [.. Enumerable.Range(0, (int)-Axis).Select(i => Axis + i)];
        Value squares = e.Emit("Mul", null, rows, rows);
        Value mean = e.Opset >= 18
            ? e.Emit("ReduceMean", a => a.Set("keepdims", true), squares, e.Constant(TensorData.Longs(axes)))
            : e.Emit("ReduceMean", a => { a.Set("axes", axes); a.Set("keepdims", true); }, squares);
        Value root = e.Emit("Sqrt", null, e.Emit("Add", null, mean, e.Constant(TensorData.Fill(computed, Shape.Scalar, Epsilon))));
        Value normal = e.Emit("Div", null, rows, root);
        if (Axis >= 0) normal = e.Emit("Reshape", null, normal, e.Emit("Shape", null, x));
        if (computed != result) normal = e.Emit("Cast", a => a.Set("to", OnnxTypes.Code(result)), normal);
        e.Emit("Mul", "", [normal, scale], [e.Node.Outputs[0]]);
    }
}

/// <summary>The gradients of <see cref="RMSNormalization"/> with a scale of the normalized axes' shape. Inputs: dy, x, scale. Outputs: dx, dscale.</summary>
/// <remarks>With g = dy · scale, r = 1 / √(mean(x²) + ε) and x̂ = x · r: <c>dx = r · (g - x̂ · mean(g · x̂))</c>. r is made again from the row, which the pass reads anyway.</remarks>
public sealed class RMSNormalizationGradient : Operator
{
    public long Axis { get; init; } = -1;

    public float Epsilon { get; init; } = 1e-5f;

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s) => [s.Input(1), s.Input(2)];

    public override Cost Cost(Signature s) => new(12.0 * s.Input(1).Elements, s.InputBytes, s.OutputBytes);
}
