using System.Collections.Immutable;

namespace Headroom.Graph.Onnx;

/// <summary>What an operator may use to write its node into an ONNX graph.</summary>
public abstract class OnnxExport
{
    /// <summary>The opset asked for.</summary>
    public abstract int Opset { get; }

    /// <summary>The node to be written.</summary>
    public abstract Node Node { get; }

    /// <summary>Writes one node.</summary>
    public abstract void Emit(string op, string domain, ImmutableArray<Value> inputs, ImmutableArray<Value> outputs, Action<OnnxAttributes>? attributes = null);

    /// <summary>Writes a node of ONNX's own domain with one new output, and gives that output.</summary>
    public Value Emit(string op, Action<OnnxAttributes>? attributes, params ImmutableArray<Value> inputs)
    {
        Value output = Fresh(op);
        Emit(op, "", inputs, [output], attributes);
        return output;
    }

    /// <summary>The value of a constant of the graph, null for anything else.</summary>
    public abstract TensorData? Known(Value value);

    /// <summary>The element type of a value.</summary>
    public abstract ElementType Element(Value value);

    /// <summary>The extents of a value of the graph, named where they follow a name; null where even the rank changes with the named dimensions.</summary>
    public abstract ImmutableArray<Dimension>? Dimensions(Value value);

    /// <summary>A constant, written as an initializer.</summary>
    public abstract Value Constant(TensorData data);

    /// <summary>A value name that nothing else has.</summary>
    public abstract Value Fresh(string hint);
}
