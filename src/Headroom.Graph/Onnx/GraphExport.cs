using System.Collections.Immutable;
using System.Reflection;

namespace Headroom.Graph.Onnx;

/// <summary>A node as it will stand in a file.</summary>
internal sealed record ExportedNode(string Name, string Op, string Domain, ImmutableArray<Value> Inputs, ImmutableArray<Value> Outputs, OnnxAttributes Attributes);

/// <summary>Collects a graph's nodes in the operators of one opset.</summary>
internal sealed class GraphExport : OnnxExport
{
    private readonly Model _model;
    private readonly ProbedTypes _types;
    private readonly HashSet<string> _names = [];
    private readonly Dictionary<Value, ElementType> _made = [];
    private readonly HashSet<string> _nodeNames = [];
    private Node _node = null!;

    private GraphExport(Model model, ProbedTypes types, int opset)
    {
        _model = model;
        _types = types;
        Opset = opset;
        _names.UnionWith(model.Inputs.Select(i => i.Value.Name).Concat(model.States.Select(s => s.Value.Name)).Concat(model.Constants.Keys.Select(c => c.Name)));
        _names.UnionWith(model.Nodes.SelectMany(n => n.Outputs).Where(o => o.Exists).Select(o => o.Name));
    }

    public override int Opset { get; }

    public override Node Node => _node;

    public List<ExportedNode> Nodes { get; } = [];

    /// <summary>Constants that operators asked for.</summary>
    public List<(Value Value, TensorData Data)> Constants { get; } = [];

    /// <exception cref="GraphException">A node has no form in this opset, or in ONNX at all; it is named.</exception>
    public static GraphExport Run(Model model, ProbedTypes types, int opset)
    {
        var export = new GraphExport(model, types, opset);
        foreach (Node node in Live(model))
        {
            export._node = node;
            try
            {
                node.Operator.Export(export);
            }
            catch (GraphException fault) when (!fault.Message.StartsWith("node '", StringComparison.Ordinal))
            {
                throw GraphException.At(node, fault.Message);
            }
            catch (Exception e) when (e is IndexOutOfRangeException or ArgumentOutOfRangeException)
            {
                // Where nothing has a type yet, nobody has counted.
                throw GraphException.At(node, $"has {node.Inputs.Length} inputs and {node.Outputs.Length} outputs, too few for {node.Operator.Name}");
            }
        }
        return export;
    }

    public override void Emit(string op, string domain, ImmutableArray<Value> inputs, ImmutableArray<Value> outputs, Action<OnnxAttributes>? attributes = null)
    {
        if (domain == "headroom") throw GraphException.At(_node, "is an operator of Headroom's own, which no other program knows; export the model itself, not its training step");
        OnnxOperatorAttribute? known = _node.Operator.GetType().GetCustomAttribute<OnnxOperatorAttribute>();
        if (domain.Length == 0 && op == _node.Operator.Name && known?.Since > Opset)
            throw GraphException.At(_node, $"exists in ONNX since opset {known.Since}, the file is to be of opset {Opset}; export with opset {known.Since} or later");
        var written = new OnnxAttributes(Opset) { InputCount = inputs.Length, OutputCount = outputs.Length };
        attributes?.Invoke(written);
        string name = _node.Name.Length == 0 ? op : op == _node.Operator.Name ? _node.Name : $"{_node.Name}/{op}";
        Nodes.Add(new ExportedNode(Unique(_nodeNames, name), op, domain, Trimmed(inputs), Trimmed(outputs), written));
    }

    public override TensorData? Known(Value value) => _model.Constants.GetValueOrDefault(value) ?? (_made.ContainsKey(value) ? null : _types.Known(value));

    public override ElementType Element(Value value)
    {
        if (_made.TryGetValue(value, out ElementType type)) return type;
        return _types.Element(value);
    }

    public override ImmutableArray<Dimension>? Dimensions(Value value) => _types.Dimensions(value);

    public override Value Constant(TensorData data)
    {
        Value v = Fresh("constant");
        _made[v] = data.Type.Element;
        Constants.Add((v, data));
        return v;
    }

    public override Value Fresh(string hint) => new(Unique(_names, _node.Name.Length == 0 ? hint : $"{_node.Name}/{hint}"));

    private static string Unique(HashSet<string> taken, string name)
    {
        string candidate = name;
        for (int i = 1; !taken.Add(candidate); i++) candidate = $"{name}_{i}";
        return candidate;
    }

    /// <summary>The nodes that lead to an output.</summary>
    private static List<Node> Live(Model model)
    {
        var live = new HashSet<Value>(model.Outputs);
        var kept = new List<Node>();
        foreach (Node n in model.Nodes.Reverse())
        {
            if (!n.Outputs.Any(live.Contains)) continue;
            live.UnionWith(n.Inputs.Where(v => v.Exists));
            kept.Add(n);
        }
        kept.Reverse();
        return kept;
    }

    // Absent inputs and outputs at the end are left out, as ONNX has it; those before stay as empty names.
    private static ImmutableArray<Value> Trimmed(ImmutableArray<Value> values)
    {
        int n = values.Length;
        while (n > 0 && !values[n - 1].Exists) n--;
        return values[..n];
    }
}
