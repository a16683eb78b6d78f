using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// <c>y = (x - zero point) · scale</c>. Inputs: x; scale: a scalar, one for each index of <see cref="Axis"/>, or one for each block of it; zero point (optional), of the scale's shape and x's type. The gradient reaches the scale.
/// </summary>
/// <remarks>ONNX <c>DequantizeLinear</c>, opset 10, from int8, uint8 and int32 (blocks: 21, output_dtype: 23).</remarks>
[OnnxOperator(10)]
public sealed class DequantizeLinear : Operator
{
    /// <summary>The axis of scales that are a list; negative counts from the end.</summary>
    public long Axis { get; init; } = 1;

    /// <summary>How many neighbours along the axis share a scale; 0: no blocks.</summary>
    public long BlockSize { get; init; }

    /// <summary>The result's type; null: the scale's.</summary>
    public ElementType? To { get; init; }

    public static Operator Read(OnnxAttributes a) => new DequantizeLinear { Axis = a.Int("axis", 1), BlockSize = a.Int("block_size", 0), To = QuantizedTypes.Read(a, "output_dtype") };

    public QuantizationGrid Grid(TensorType x, TensorType scale) => QuantizationGrid.Of(x, scale, Axis, BlockSize);

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0), scale = s.Input(1);
        if (x.Element is not (ElementType.Int8 or ElementType.UInt8 or ElementType.Int32)) throw new GraphException($"the input is {x}; int8, uint8 and int32 can be dequantized");
        if (scale.Element is not (ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16 or ElementType.Float64)) throw new GraphException($"the scale is {scale}; it must be floating");
        if (To is ElementType to && !to.IsFloat()) throw new GraphException($"output_dtype is {to.ShortName()}; it must be floating");
        Grid(x, scale);
        if (s.Has(2))
        {
            s.RequireSameElement(0, 2);
            QuantizationGrid.RequireZeroPoint(scale, s.Input(2));
        }
        return [new TensorType(To ?? scale.Element, x.Shape)];
    }

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => To ?? inputs[1];

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 2);

    public override void Gradient(Backward b)
    {
        if (b.Needs(1)) b.Accumulate(1, b.Add(new DequantizeLinearGradient(this, b.Signature.Input(1)), b.OutputGradient(0), b.Input(0), b.Input(2)));
    }

    public override void Write(OnnxAttributes a)
    {
        if (Axis != 1) a.Set("axis", Axis);
        if (BlockSize != 0) a.Set("block_size", BlockSize);
        if (To is ElementType to) a.Set("output_dtype", OnnxTypes.Code(to));
    }

    public override void Export(OnnxExport e)
    {
        QuantizedTypes.RequireOpset(e, BlockSize, e.Element(e.Node.Inputs[1]));
        if (To is not null && e.Opset < 23) throw new GraphException("output_dtype needs opset 23 or later; export with --opset 23");
        base.Export(e);
    }
}

/// <summary>The gradient of <see cref="DequantizeLinear"/> by its scale: the sum of <c>dy · (x - zero point)</c> over the elements that share it. Inputs: dy, x, zero point (optional).</summary>
public sealed class DequantizeLinearGradient(DequantizeLinear forward, TensorType scale) : Operator
{
    /// <summary>Whose gradient it is.</summary>
    public DequantizeLinear Forward { get; } = forward;

    public TensorType Scale { get; } = scale;

    public override string Domain => "headroom";

    public override TensorType[] Infer(Signature s) => [Scale];

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => Scale.Element;

    public override Cost Cost(Signature s) => new(3.0 * s.Input(0).Elements, s.InputBytes, s.OutputBytes);
}
