using System.Collections.Immutable;

namespace Headroom.Graph;

/// <summary>One node's turn in reverse-mode differentiation: what <see cref="Operator.Gradient"/> sees and may do.</summary>
public sealed class Backward
{
    private readonly TypedBuilder _builder;
    private readonly Func<Value, bool> _needs;
    private readonly Dictionary<Value, Value> _gradients;

    internal Backward(TypedBuilder builder, Node node, Signature signature, Func<Value, bool> needs, Dictionary<Value, Value> gradients)
    {
        _builder = builder;
        _needs = needs;
        _gradients = gradients;
        Node = node;
        Signature = signature;
    }

    public Node Node { get; }

    public Signature Signature { get; }

    public Value Input(int i) => i < Node.Inputs.Length ? Node.Inputs[i] : Value.None;

    public Value Output(int i) => i < Node.Outputs.Length ? Node.Outputs[i] : Value.None;

    /// <summary>The gradient of the loss by an output; <see cref="Value.None"/> where the loss doesn't depend on it.</summary>
    public Value OutputGradient(int i) => _gradients.GetValueOrDefault(Output(i));

    /// <summary>Whether anyone wants the gradient by an input; computing it otherwise is waste.</summary>
    public bool Needs(int i) => Input(i).Exists && _needs(Input(i));

    public TensorType Type(Value value) => _builder.Type(value);

    public Value Constant(TensorData data) => _builder.Constant(data, Node.Name + ".grad/constant");

    /// <summary>Adds a node with one output to the gradient.</summary>
    public Value Add(Operator op, params ReadOnlySpan<Value> inputs) => _builder.Add(op, $"{Node.Name}.grad/{op.Name}", inputs, 1)[0];

    /// <summary>Adds a node with several outputs; those that nobody reads later are dropped.</summary>
    public ImmutableArray<Value> AddMany(Operator op, int outputs, params ReadOnlySpan<Value> inputs) => _builder.Add(op, $"{Node.Name}.grad/{op.Name}", inputs, outputs);

    /// <summary>Adds to the gradient by an input. Shape and type must be the input's; use <see cref="SumTo"/> after broadcasting.</summary>
    public void Accumulate(int i, Value gradient)
    {
        Value input = Input(i);
        if (!Needs(i)) return;
        if (Type(gradient) != Type(input)) throw new GraphException($"the gradient by '{input}' is {Type(gradient)}, the input is {Type(input)}");
        _gradients[input] = _gradients.TryGetValue(input, out Value sum) ? Add(new Operators.Add(), sum, gradient) : gradient;
    }

    /// <summary>Sums a gradient over the axes along which an operand of the given shape was broadcast.</summary>
    public Value SumTo(Value gradient, Shape shape)
    {
        Shape from = Type(gradient).Shape;
        if (from == shape) return gradient;
        int lead = from.Rank - shape.Rank;
        var axes = new List<long>();
        for (int i = 0; i < from.Rank; i++)
            if (i < lead || (shape[i - lead] == 1 && from[i] != 1)) axes.Add(i);
        Value sum = axes.Count == 0 ? gradient : Add(new Operators.ReduceSum { KeepDims = true }, gradient, Constant(TensorData.Longs([.. axes])));
        return Type(sum).Shape == shape ? sum : Reshape(sum, shape);
    }

    /// <summary>The same elements in another shape; a view, nothing moves.</summary>
    public Value Reshape(Value value, Shape shape)
        => Type(value).Shape == shape ? value : Add(new Operators.Reshape { AllowZero = true }, value, Constant(TensorData.Longs(shape.Dims)));
}
