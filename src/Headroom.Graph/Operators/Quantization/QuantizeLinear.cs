using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>
/// <c>y = saturate(round(x / scale) + zero point)</c>, rounded to even. Inputs: x; scale: a scalar, one for each index of <see cref="Axis"/>, or one for each block of it; zero point (optional), of the scale's shape and the result's type.
/// Its gradient is 0, as the function is flat: to train through it use a straight-through estimate made of other operators.
/// </summary>
/// <remarks>ONNX <c>QuantizeLinear</c>, opset 10, to int8 and uint8 (blocks and output_dtype: 21, precision: 23).</remarks>
[OnnxOperator(10)]
public sealed class QuantizeLinear : Operator
{
    /// <summary>The axis of scales that are a list; negative counts from the end.</summary>
    public long Axis { get; init; } = 1;

    /// <summary>How many neighbours along the axis share a scale; 0: no blocks.</summary>
    public long BlockSize { get; init; }

    /// <summary>The result's type where there is no zero point; null: uint8.</summary>
    public ElementType? To { get; init; }

    /// <summary>The type in which x is divided; null: the scale's.</summary>
    public ElementType? Division { get; init; }

    public static Operator Read(OnnxAttributes a)
    {
        // Only float8 can do otherwise.
        a.Int("saturate", 1);
        return new QuantizeLinear { Axis = a.Int("axis", 1), BlockSize = a.Int("block_size", 0), To = QuantizedTypes.Read(a, "output_dtype"), Division = QuantizedTypes.Read(a, "precision") };
    }

    public QuantizationGrid Grid(Signature s) => QuantizationGrid.Of(s.Input(0), s.Input(1), Axis, BlockSize);

    /// <summary>The type that the quotient is rounded to.</summary>
    public ElementType Quotient(Signature s) => Division ?? s.Input(1).Element;

    public override TensorType[] Infer(Signature s)
    {
        TensorType x = s.Input(0), scale = s.Input(1);
        if (x.Element is not (ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16 or ElementType.Int32)) throw new GraphException($"the input is {x}; fp32, fp16, bf16 and int32 can be quantized: cast it");
        if (scale.Element is not (ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16)) throw new GraphException($"the scale is {scale}; fp32, fp16 or bf16 is needed");
        if (Division is not (null or ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16)) throw new GraphException($"precision is {Division.Value.ShortName()}; fp32, fp16 or bf16 is needed");
        ElementType to = s.Has(2) ? s.Input(2).Element : To ?? ElementType.UInt8;
        if (s.Has(2) && To is ElementType asked && asked != to) throw new GraphException($"output_dtype is {asked.ShortName()}, the zero point {s.Input(2)}: they must agree");
        if (to is not (ElementType.Int8 or ElementType.UInt8)) throw new GraphException($"quantizes to {to.ShortName()}; int8 and uint8 are supported");
        Grid(s);
        if (s.Has(2)) QuantizationGrid.RequireZeroPoint(scale, s.Input(2));
        return [new TensorType(to, x.Shape)];
    }

    public override ElementType OutputElement(int output, ReadOnlySpan<ElementType> inputs) => inputs.Length > 2 && !inputs[2].IsFloat() ? inputs[2] : To ?? ElementType.UInt8;

    public override Cost Cost(Signature s) => Graph.Cost.Elementwise(s, 4);

    public override void Gradient(Backward b) { }

    public override void Write(OnnxAttributes a)
    {
        if (Axis != 1) a.Set("axis", Axis);
        if (BlockSize != 0) a.Set("block_size", BlockSize);
        if (To is not null and not ElementType.UInt8 && a.InputCount < 3) a.Set("output_dtype", OnnxTypes.Code(To.Value));
        if (Division is ElementType division) a.Set("precision", OnnxTypes.Code(division));
    }

    public override void Export(OnnxExport e)
    {
        QuantizedTypes.RequireOpset(e, BlockSize, e.Element(e.Node.Inputs[0]), e.Element(e.Node.Inputs[1]));
        bool typed = To is not null and not ElementType.UInt8 && (e.Node.Inputs.Length < 3 || !e.Node.Inputs[2].Exists);
        if (typed && e.Opset < 21) throw new GraphException("without a zero point its type, int8, needs opset 21 or later; export with --opset 21, or give a zero point");
        if (Division is not null && e.Opset < 23) throw new GraphException("precision needs opset 23 or later; export with --opset 23");
        base.Export(e);
    }
}

/// <summary>What reading and writing quantization has in common.</summary>
internal static class QuantizedTypes
{
    /// <summary>A type attribute; null where it is absent or 0.</summary>
    public static ElementType? Read(OnnxAttributes a, string name)
    {
        long code = a.Int(name, 0);
        if (code == 0) return null;
        return OnnxTypes.Element(code) ?? throw new GraphException($"{name} is ONNX's type {OnnxTypes.Name(code)}, which is not supported");
    }

    public static void RequireOpset(OnnxExport e, long block, params ReadOnlySpan<ElementType> elements)
    {
        if (block != 0 && e.Opset < 21) throw new GraphException("blocks need opset 21 or later; export with --opset 21");
        foreach (ElementType element in elements)
            if (element is ElementType.Float16 or ElementType.BFloat16 && e.Opset < 19) throw new GraphException($"{element.ShortName()} needs opset 19 or later; export with --opset 19");
    }
}
