using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>Attention in the operators that ONNX had before opset 23. No extent is written down: batch and lengths stay free.</summary>
internal static class AttentionExport
{
    public static void Decompose(Attention op, OnnxExport e)
    {
        ImmutableArray<Value> inputs = e.Node.Inputs;
        ElementType type = e.Element(inputs[0]);
        bool packed = e.Dimensions(inputs[0])?.Length == 3;
        RefuseGeneral(op, e, packed);
        Value q = inputs[0], k = inputs[1], v = inputs[2];
        if (packed)
        {
            q = Transposed(e, e.Emit("Reshape", null, q, e.Constant(TensorData.Longs(0, 0, op.QueryHeads, -1))), 0, 2, 1, 3);
            k = Transposed(e, Repeated(op, e, k), 0, 2, 3, 1);
            v = Transposed(e, Repeated(op, e, v), 0, 2, 1, 3);
        }
        else k = Transposed(e, k, 0, 1, 3, 2);
        // The query is scaled, not the scores: less to multiply.
        Value scores = e.Emit("MatMul", null, e.Emit("Mul", null, q, Scale(op, e, q, type)), k);
        if (inputs.Length > 3 && inputs[3].Exists) scores = e.Emit("Add", null, scores, Additive(e, inputs[3], type));
        if (op.IsCausal) scores = e.Emit("Add", null, scores, Causal(e, q, k, type));
        Value weights = e.Emit("Softmax", a => a.Set("axis", -1), scores);
        // A row that sees nothing is 0/0 here; attention gives it zeros.
        if (inputs.Length > 3 && inputs[3].Exists && e.Element(inputs[3]) == ElementType.Bool) weights = e.Emit("Where", null, e.Emit("IsNaN", null, weights), e.Constant(TensorData.Fill(type, Shape.Scalar, 0)), weights);
        if (!packed)
        {
            e.Emit("MatMul", "", [weights, v], [e.Node.Outputs[0]]);
            return;
        }
        Value merged = Transposed(e, e.Emit("MatMul", null, weights, v), 0, 2, 1, 3);
        e.Emit("Reshape", "", [merged, e.Constant(TensorData.Longs(0, 0, -1))], [e.Node.Outputs[0]]);
    }

    /// <summary>ONNX broadcasts a mask; ONNX Runtime (1.31) refuses one whose last two axes are not queries by keys, so it gets them.</summary>
    public static void WithWholeMask(Attention op, OnnxExport e)
    {
        int axis = e.Dimensions(e.Node.Inputs[0])?.Length == 3 ? 1 : 2;
        if (IsWhole(e, axis))
        {
            e.Emit(op.Name, op.Domain, e.Node.Inputs, e.Node.Outputs, op.Write);
            return;
        }
        Value shape = e.Emit("Concat", a => a.Set("axis", 0), Extent(e, e.Node.Inputs[0], axis), Extent(e, e.Node.Inputs[1], axis));
        e.Emit(op.Name, op.Domain, e.Node.Inputs.SetItem(3, e.Emit("Expand", null, e.Node.Inputs[3], shape)), e.Node.Outputs, op.Write);
    }

    /// <summary>Key or value as <c>[batch, seq, heads, width]</c>, a head that several query heads share written as often.</summary>
    private static Value Repeated(Attention op, OnnxExport e, Value value)
    {
        long keyHeads = op.KeyHeads > 0 ? op.KeyHeads : op.QueryHeads;
        if (keyHeads == op.QueryHeads) return e.Emit("Reshape", null, value, e.Constant(TensorData.Longs(0, 0, op.QueryHeads, -1)));
        Value apart = e.Emit("Reshape", null, value, e.Constant(TensorData.Longs(0, 0, keyHeads, 1, -1)));
        Value often = e.Emit("Concat", a => a.Set("axis", 3), [.. Enumerable.Repeat(apart, (int)(op.QueryHeads / keyHeads))]);
        return e.Emit("Reshape", null, often, e.Constant(TensorData.Longs(0, 0, op.QueryHeads, -1)));
    }

    private static void RefuseGeneral(Attention op, OnnxExport e, bool packed)
    {
        ImmutableArray<Value> inputs = e.Node.Inputs;
        string? what = op.Softcap != 0 ? "a soft cap" : op.SoftmaxPrecision is not null ? "a type for the softmax" : op.LeftWindow >= 0 || op.RightWindow >= 0 ? "a window"
            : inputs.Skip(4).Any(v => v.Exists) ? "a key and value cache" : e.Node.Outputs.Skip(1).Any(v => v.Exists) ? "more than one output"
            : !packed && !Same(e, inputs[0], 1, inputs[1], 1) ? "grouped query heads in four axes"
            : inputs.Length > 3 && inputs[3].Exists && e.Dimensions(inputs[3]) is { Length: > 0 } m && m[^1].Extent != 1 && !Same(e, inputs[3], -1, inputs[1], packed ? 1 : 2) ? "a mask shorter than the keys"
            : null;
        if (what is not null) throw new GraphException($"an attention with {what} exists in ONNX since opset 23; export with opset 23 or later");
    }

    /// <summary>False only where both extents are fixed and differ.</summary>
    private static bool Same(OnnxExport e, Value a, int axisA, Value b, int axisB)
    {
        if (e.Dimensions(a) is not { } x || e.Dimensions(b) is not { } y) return true;
        Dimension left = x[axisA < 0 ? axisA + x.Length : axisA], right = y[axisB];
        return left.Name is not null || right.Name is not null || left.Extent == right.Extent;
    }

    private static bool IsWhole(OnnxExport e, int axis)
        => e.Dimensions(e.Node.Inputs[3]) is { Length: >= 2 } mask && e.Dimensions(e.Node.Inputs[0]) is { } query && e.Dimensions(e.Node.Inputs[1]) is { } key && mask[^2] == query[axis] && mask[^1] == key[axis];

    private static Value Transposed(OnnxExport e, Value value, params long[] order) => e.Emit("Transpose", a => a.Set("perm", order), value);

    private static Value Scale(Attention op, OnnxExport e, Value q, ElementType type)
    {
        if (op.Scale is { } scale) return e.Constant(TensorData.Fill(type, Shape.Scalar, scale));
        Value width = e.Emit("Cast", a => a.Set("to", OnnxType(type)), Extent(e, q, 3));
        return e.Emit("Div", null, e.Constant(TensorData.Fill(type, Shape.Scalar, 1)), e.Emit("Sqrt", null, width));
    }

    /// <summary>A bool mask as what is added to the scores: 0 where seen, -∞ elsewhere.</summary>
    private static Value Additive(OnnxExport e, Value mask, ElementType type)
    {
        ElementType of = e.Element(mask);
        if (of == type) return mask;
        if (of != ElementType.Bool) return e.Emit("Cast", a => a.Set("to", OnnxType(type)), mask);
        return e.Emit("Where", null, mask, e.Constant(TensorData.Fill(type, Shape.Scalar, 0)), e.Constant(TensorData.Fill(type, Shape.Scalar, double.NegativeInfinity)));
    }

    /// <summary>-∞ above the diagonal of <c>[queries, keys]</c>, 0 elsewhere.</summary>
    private static Value Causal(OnnxExport e, Value q, Value k, ElementType type)
    {
        if (e.Opset < 14) throw new GraphException("a causal attention needs opset 14 or later (Trilu); export with --opset 14");
        if (type is not (ElementType.Float32 or ElementType.Float64)) throw new GraphException($"a causal attention in {type.ShortName()} needs opset 23; export the fp32 model");
        // The transposed key is [batch, heads, width, keys].
        Value shape = e.Emit("Concat", a => a.Set("axis", 0), Extent(e, q, 2), Extent(e, k, 3));
        Value full = e.Emit("ConstantOfShape", a => a.Set("value", TensorData.Fill(type, new Shape(1), double.NegativeInfinity)), shape);
        return e.Emit("Trilu", a => a.Set("upper", true), full, e.Constant(TensorData.Scalar(1L)));
    }

    /// <summary>One extent, as <c>[1]</c>.</summary>
    private static Value Extent(OnnxExport e, Value value, long axis)
        => e.Emit("Gather", a => a.Set("axis", 0), e.Emit("Shape", null, value), e.Constant(TensorData.Longs(axis)));

    /// <summary>The number of a type in ONNX's <c>TensorProto.DataType</c>.</summary>
    private static long OnnxType(ElementType type) => type switch
    {
        ElementType.Float32 => 1,
        ElementType.Float16 => 10,
        ElementType.Float64 => 11,
        _ => 16,
    };
}
