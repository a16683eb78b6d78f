namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>A node on its way to the form that operator classes read.</summary>
/// <param name="Name">Unique in its file.</param>
/// <param name="Op">ONNX's name.</param>
/// <param name="Domain">Empty for ONNX's own.</param>
/// <param name="Inputs">Absent ones are <see cref="Value.None"/>.</param>
/// <param name="Outputs">Those nobody asked for are <see cref="Value.None"/>.</param>
/// <param name="Attributes">By ONNX's names.</param>
/// <param name="Form">The opset whose form it has.</param>
internal sealed record LiftedNode(string Name, string Op, string Domain, Value[] Inputs, Value[] Outputs, OnnxAttributes Attributes, int Form)
{
    public override string ToString() => $"node '{Name}' ({Op})";
}

/// <summary>What a rule sees of a node and its graph, and where it puts the nodes that take its place.</summary>
internal sealed class Lift(LiftedNode node, Upgrade rule, LiftedGraph graph)
{
    private readonly List<LiftedNode> _nodes = [];

    public IReadOnlyList<LiftedNode> Nodes => _nodes;

    public string Op => node.Op;

    /// <summary>The opset that the file imports.</summary>
    public int FileOpset => graph.Opset;

    public IReadOnlyList<Value> Outputs => node.Outputs;

    /// <summary>All that are listed, absent ones included.</summary>
    public IReadOnlyList<Value> Inputs => node.Inputs;

    /// <summary>An input, <see cref="Value.None"/> where it is absent.</summary>
    public Value Input(int i) => i < node.Inputs.Length ? node.Inputs[i] : Value.None;

    /// <summary>The first output.</summary>
    /// <exception cref="GraphException">There is none.</exception>
    public Value Output => node.Outputs.Length > 0 && node.Outputs[0].Exists ? node.Outputs[0] : throw new GraphException("has no output");

    /// <summary>The first input.</summary>
    /// <exception cref="GraphException">There is none.</exception>
    public Value Data => Input(0) is { Exists: true } x ? x : throw new GraphException("its first input is missing");

    /// <summary>Gives an attribute and takes it off the node; null where it is absent.</summary>
    public long[]? TakeInts(string name) => node.Attributes.Has(name) ? Taken(name, node.Attributes.Ints(name)) : null;

    public float[]? TakeFloats(string name) => node.Attributes.Has(name) ? Taken(name, node.Attributes.Floats(name)) : null;

    public long? TakeInt(string name) => node.Attributes.Has(name) ? Taken(name, node.Attributes.Int(name, 0)) : null;

    public float? TakeFloat(string name) => node.Attributes.Has(name) ? Taken(name, node.Attributes.Float(name, 0)) : null;

    /// <summary>An attribute that stays where it is.</summary>
    public string Text(string name, string fallback) => node.Attributes.Text(name, fallback);

    /// <summary>Sets an attribute of the node itself.</summary>
    public Lift With(string name, object value)
    {
        node.Attributes.SetValue(name, value);
        return this;
    }

    /// <summary>The value of an initializer or a constant that is small, else null.</summary>
    public TensorData? Known(Value value) => value.Exists ? graph.Known(value) : null;

    public ElementType Element(Value value) => graph.Element(value);

    /// <summary>How many axes a value has, where the file says so.</summary>
    public int? Rank(Value value) => graph.Rank(value);

    /// <summary>Whether a node reads a value, or the graph gives it out.</summary>
    public bool IsRead(Value value) => graph.IsRead(value);

    public Value Constant(TensorData data) => graph.Constant($"{node.Name}.constant", data);

    /// <summary>A value that nothing makes yet.</summary>
    public Value Fresh(string hint) => FreshBeside(Output, hint);

    /// <summary>The same, called after another value than the node's first output.</summary>
    public Value FreshBeside(Value named, string hint) => graph.Fresh($"{named.Name}.{hint}");

    public Value Longs(params ReadOnlySpan<long> values) => Constant(TensorData.Longs(values));

    /// <summary>The node itself in its newer form, with its remaining attributes, its inputs as given and its outputs as they are.</summary>
    public void Keep(params ReadOnlySpan<Value> inputs) => KeepAs(rule.Becomes(node.Op), inputs, node.Outputs);

    /// <summary>The same under another operator's name, or with other outputs.</summary>
    public void KeepAs(string op, ReadOnlySpan<Value> inputs, params ReadOnlySpan<Value> outputs)
        => _nodes.Add(node with { Op = op, Inputs = inputs.ToArray(), Outputs = outputs.ToArray(), Form = rule.Before });

    /// <summary>The node itself as it is.</summary>
    public void KeepAsItIs() => Keep(node.Inputs);

    /// <summary>A node beside it, of ONNX's own domain, in its newest form, with one new output.</summary>
    public Value Add(string op, ReadOnlySpan<Value> inputs, params ReadOnlySpan<(string Name, object Value)> attributes) => AddBeside(Output, op, inputs, attributes);

    /// <summary>The same, its output called after another value than the node's first output.</summary>
    public Value AddBeside(Value named, string op, ReadOnlySpan<Value> inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        Value output = FreshBeside(named, op);
        AddTo(output, op, inputs, attributes);
        return output;
    }

    /// <summary>The same with its output named.</summary>
    public void AddTo(Value output, string op, ReadOnlySpan<Value> inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var set = new OnnxAttributes(OnnxReader.NewestOpset);
        foreach ((string name, object value) in attributes) set.SetValue(name, value);
        _nodes.Add(new LiftedNode(graph.FreshNode($"{node.Name}/{op}"), op, "", inputs.ToArray(), [output], set, Upgrade.Always));
        graph.Charge();
    }

    private T Taken<T>(string name, T value)
    {
        node.Attributes.Remove(name);
        return value;
    }
}
