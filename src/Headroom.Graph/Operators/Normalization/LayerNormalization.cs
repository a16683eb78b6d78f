using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// Layer normalization over the axes from <see cref="Axis"/> on: <c>y = (x - mean) / √(variance + ε) · scale + bias</c>. Inputs: x, scale and bias (optional) of the normalized axes' shape, or broadcast to x.
/// Outputs: y; mean and <c>1 / √(variance + ε)</c> with the normalized axes as extents of 1, in fp32 (fp64 beside fp64) or as <see cref="Stash"/> says, which feed the gradient.
/// </summary>
/// <remarks>ONNX <c>LayerNormalization</c>, opset 17. Ba, Kiros and Hinton, arXiv:1607.06450. Scale and bias may be fp32 beside a bf16 input, which ONNX doesn't allow; an export of such a model is refused.</remarks>
[OnnxOperator(17)]
public sealed class LayerNormalization : Operator
{
    /// <summary>The first normalized axis; negative counts from the end.</summary>
    public long Axis { get; init; } = -1;

    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>The type that mean and inverse deviation are put out in; null: fp32, and fp64 beside fp64. ONNX's <c>stash_type</c>, whose precision is a floor here, never a ceiling.</summary>
    public ElementType? Stash { get; init; }

    public static Operator Read(OnnxAttributes a)
    {
        ElementType stash = StashType.Read(a);
        return new LayerNormalization { Axis = a.Int("axis", -1), Epsilon = a.Float("epsilon", 1e-5f), Stash = a.OutputCount > 1 ? stash : null };
    }

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0);
        Shape normalized = NormalizedAxes.Of(x, Axis);
        if (!(Epsilon > 0)) throw new GraphException($"epsilon is {Epsilon}; it must be greater than 0");
        for (int i = 1; i < 3; i++)
        {
            if (i == 2 && !s.Has(2)) continue;
            TensorType p = s.Input(i);
            NormalizedAxes.RequireBroadcast(x, normalized, p, i == 1 ? "scale" : "bias");
            if (p.Element != x.Element && (p.Element != ElementType.Float32 || x.Element.Size() != 2)) throw new GraphException($"{(i == 1 ? "scale" : "bias")} is {p}, the input {x}: their types must be the same, or fp32 beside a 16-bit input");
        }
        if (s.Has(2)) s.RequireSameElement(1, 2);
        var statistic = new TensorType(Stash ?? Natural(x.Element), NormalizedAxes.Kept(x, Axis));
        return [x, statistic, statistic];
    }

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => output == 0 ? inputs[0] : Stash ?? Natural(inputs[0]);

    public override void Decode(DecodingRewrite r) => r.CarryBeside(NormalizedAxes.Listed(r.Signature.Input(0), Axis));

    public override Cost Cost(Signature s) => new(8.0 * s.Input(0).Elements, s.InputBytes, s.OutputBytes);

    public override void Train(TrainingRewrite r)
    {
        ImmutableArray<Value> o = r.Node.Outputs;
        if (Stash is not null)
        {
            r.Keep();
            return;
        }
        Value At(int i, string name) => i < o.Length && o[i].Exists ? o[i] : new Value($"{o[0]}.{name}");
        r.Replace(this, r.Node.Inputs, [o[0], At(1, "mean"), At(2, "inverse_deviation")]);
    }

    public override void Gradient(Backward b)
    {
        if (b.OutputGradient(1).Exists || b.OutputGradient(2).Exists) throw new GraphException("a loss can't depend on the mean or the deviation that a layer normalization puts out; compute them with ReduceMean");
        if (!b.OutputGradient(0).Exists) return;
        (Value mean, Value inverse) = (b.Output(1), b.Output(2));
        TensorType x = b.Signature.Input(0), scale = b.Signature.Input(1);
        Shape normalized = NormalizedAxes.Of(x, Axis);
        bool plain = scale.Shape == normalized && (!b.Signature.Has(2) || b.Signature.Input(2).Shape == normalized);
        if (!plain)
        {
            BroadcastGradient(b, scale, normalized);
            return;
        }
        if (!mean.Exists || !inverse.Exists || (Stash is not null && Stash != Natural(x.Element)))
        {
            // A node that kept no statistics makes them again.
            ImmutableArray<Value> again = b.AddMany(new LayerNormalization { Axis = Axis, Epsilon = Epsilon }, 3, b.Input(0), b.Input(1), b.Input(2));
            (mean, inverse) = (again[1], again[2]);
        }
        ImmutableArray<Value> g = b.AddMany(new LayerNormalizationGradient { Axis = Axis }, 3, b.OutputGradient(0), b.Input(0), mean, inverse, b.Input(1));
        for (int i = 0; i < 3; i++) if (b.Needs(i)) b.Accumulate(i, g[i]);
    }

    public override void Write(OnnxAttributes a)
    {
        a.Set("axis", Axis);
        a.Set("epsilon", Epsilon);
        if (Stash is ElementType stash && stash != ElementType.Float32) a.Set("stash_type", OnnxTypes.Code(stash));
    }

    private static ElementType Natural(ElementType x) => x == ElementType.Float64 ? x : ElementType.Float32;

    // Parameters of another shape multiply and shift what a scale of ones gives.
    private void BroadcastGradient(Backward b, TensorType scale, Shape normalized)
    {
        Value dy = b.OutputGradient(0), ones = NormalizedAxes.Ones(b, normalized, scale.Element);
        ImmutableArray<Value> normal = b.AddMany(new LayerNormalization { Axis = Axis, Epsilon = Epsilon }, 3, b.Input(0), ones);
        Value In(Value v, ElementType to) => b.Type(v).Element == to ? v : b.Add(new Cast { To = to }, v);
        if (b.Needs(0))
        {
            Value scaled = b.Add(new Mul(), dy, In(b.Input(1), b.Type(dy).Element));
            b.Accumulate(0, b.AddMany(new LayerNormalizationGradient { Axis = Axis }, 1, scaled, b.Input(0), normal[1], normal[2], ones)[0]);
        }
        if (b.Needs(1)) b.Accumulate(1, b.SumTo(In(b.Add(new Mul(), dy, normal[0]), scale.Element), scale.Shape));
        if (b.Needs(2)) b.Accumulate(2, b.SumTo(In(dy, scale.Element), b.Signature.Input(2).Shape));
    }

    public override void Export(OnnxExport e)
    {
        ImmutableArray<Value> inputs = e.Node.Inputs;
        ElementType type = e.Element(inputs[0]);
        if (e.Element(inputs[1]) != type) throw new GraphException($"ONNX wants scale and bias in the input's type, {type.ShortName()}; export the fp32 model");
        if (e.Opset >= 17)
        {
            base.Export(e);
            return;
        }
        if (Axis >= 0) throw new GraphException("a layer normalization whose axis counts from the front needs opset 17 or later; export with --opset 17");
        if (e.Node.Outputs.Skip(1).Any(o => o.Exists)) throw new GraphException("its mean or deviation is an output of the model; that needs opset 17 or later");
        long[] axes = [.. Enumerable.Range(0, (int)-Axis).Select(i => Axis + i)];
        Value Mean(Value v) => e.Emit("ReduceMean", a => { a.Set("axes", axes); a.Set("keepdims", true); }, v);
        Value centred = e.Emit("Sub", null, inputs[0], Mean(inputs[0]));
        Value variance = Mean(e.Emit("Mul", null, centred, centred));
        Value deviation = e.Emit("Sqrt", null, e.Emit("Add", null, variance, e.Constant(TensorData.Fill(type, Shape.Scalar, Epsilon))));
        Value normal = e.Emit("Div", null, centred, deviation);
        if (inputs.Length < 3 || !inputs[2].Exists) e.Emit("Mul", "", [normal, inputs[1]], [e.Node.Outputs[0]]);
        else e.Emit("Add", "", [e.Emit("Mul", null, normal, inputs[1]), inputs[2]], [e.Node.Outputs[0]]);
    }
}

/// <summary>The gradients of <see cref="LayerNormalization"/>. Inputs: dy, x, mean, inverse deviation r, scale. Outputs: dx, dscale, dbias.</summary>
/// <remarks>With g = dy · scale and x̂ = (x - mean) · r: <c>dx = r · (g - mean(g) - x̂ · mean(g · x̂))</c>.</remarks>
public sealed class LayerNormalizationGradient : Operator
{
    public long Axis { get; init; } = -1;

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s) => [s.Input(1), s.Input(4), s.Input(4)];

    public override Cost Cost(Signature s) => new(14.0 * s.Input(1).Elements, s.InputBytes, s.OutputBytes);
}
