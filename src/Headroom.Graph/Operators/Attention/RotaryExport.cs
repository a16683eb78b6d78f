using System.Collections.Immutable;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Operators;

/// <summary>A rotary embedding in the operators that ONNX had before opset 23. No extent is written down: batch and length stay free.</summary>
internal static class RotaryExport
{
    public static void Decompose(RotaryEmbedding op, OnnxExport e)
    {
        ImmutableArray<Value> inputs = e.Node.Inputs;
        bool packed = e.Dimensions(inputs[0])?.Length == 3;
        // Heads stand before the width in both forms; the caches get an axis of 1 there.
        Value x = packed ? e.Emit("Reshape", null, inputs[0], e.Constant(TensorData.Longs(0, 0, op.Heads, -1))) : inputs[0];
        Value cos = Angles(e, inputs, 1, packed), sin = Angles(e, inputs, 2, packed);
        Value turned = op.RotaryWidth == 0 ? x : Part(e, x, 0, op.RotaryWidth, 1);
        Value first, second;
        if (op.Interleaved) (first, second) = (Part(e, turned, 0, long.MaxValue, 2), Part(e, turned, 1, long.MaxValue, 2));
        else
        {
            (first, second) = (e.Fresh("first"), e.Fresh("second"));
            e.Emit("Split", "", [turned], [first, second], a =>
            {
                a.Set("axis", -1L);
                if (e.Opset >= 18) a.Set("num_outputs", 2L);
            });
        }
        Value real = e.Emit("Sub", null, e.Emit("Mul", null, cos, first), e.Emit("Mul", null, sin, second));
        Value imaginary = e.Emit("Add", null, e.Emit("Mul", null, sin, first), e.Emit("Mul", null, cos, second));
        Value whole;
        if (op.Interleaved)
        {
            Value axis = e.Constant(TensorData.Longs(-1));
            Value pairs = e.Emit("Concat", a => a.Set("axis", -1L), e.Emit("Unsqueeze", null, real, axis), e.Emit("Unsqueeze", null, imaginary, axis));
            whole = e.Emit("Reshape", null, pairs, e.Constant(TensorData.Longs(0, 0, 0, -1)));
        }
        else whole = e.Emit("Concat", a => a.Set("axis", -1L), real, imaginary);
        if (op.RotaryWidth > 0) whole = e.Emit("Concat", a => a.Set("axis", -1L), whole, Part(e, x, op.RotaryWidth, long.MaxValue, 1));
        // Into the very output: a packed input gets its heads side by side again.
        if (packed) e.Emit("Reshape", "", [whole, e.Constant(TensorData.Longs(0, 0, -1))], [e.Node.Outputs[0]]);
        else e.Emit("Identity", "", [whole], [e.Node.Outputs[0]]);
    }

    private static Value Angles(OnnxExport e, ImmutableArray<Value> inputs, int cache, bool packed)
    {
        Value rows = inputs.Length > 3 && inputs[3].Exists ? e.Emit("Gather", a => a.Set("axis", 0L), inputs[cache], inputs[3]) : inputs[cache];
        return e.Emit("Unsqueeze", null, rows, e.Constant(TensorData.Longs(packed ? 2 : 1)));
    }

    private static Value Part(OnnxExport e, Value value, long start, long end, long step)
        => e.Emit("Slice", null, value, e.Constant(TensorData.Longs(start)), e.Constant(TensorData.Longs(end)), e.Constant(TensorData.Longs(-1)), e.Constant(TensorData.Longs(step)));
}
