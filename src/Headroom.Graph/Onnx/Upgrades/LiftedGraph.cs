using System.Collections.Immutable;

namespace Headroom.Graph.Onnx.Upgrades;

/// <summary>The graph that nodes are lifted in: its names, what is known of its values, and the constants that rules add.</summary>
internal sealed class LiftedGraph(OnnxFile file, HashSet<string> names)
{
    // Values that rules look at are short lists and single numbers.
    private const long KnownElements = 1024;

    private readonly Dictionary<string, FileTensor> _tensors = file.Initializers.Where(t => t.Name.Length > 0).DistinctBy(t => t.Name).ToDictionary(t => t.Name, StringComparer.Ordinal);
    private readonly Dictionary<Value, ElementType> _elements = [];
    private readonly HashSet<Value> _read = [.. file.Nodes.SelectMany(n => n.Inputs), .. file.Outputs.Select(o => new Value(o))];
    private readonly HashSet<string> _nodeNames = [];

    /// <summary>The opset that the file imports.</summary>
    public int Opset { get; } = (int)file.Opset;

    /// <summary>Values of <c>Constant</c> nodes, and those that rules add.</summary>
    public ImmutableDictionary<Value, TensorData>.Builder Constants { get; } = ImmutableDictionary.CreateBuilder<Value, TensorData>();

    public void Declare(Value value, ElementType element) => _elements[value] = element;

    public void DeclareNode(string name) => _nodeNames.Add(name);

    public ElementType Element(Value value) => _elements.GetValueOrDefault(value, ElementType.Float32);

    public TensorData? Known(Value value)
    {
        if (Constants.TryGetValue(value, out TensorData? constant)) return constant;
        if (!_tensors.TryGetValue(value.Name, out FileTensor? tensor) || tensor.Unsupported is not null || tensor.External is not null || tensor.Type.Elements > KnownElements) return null;
        file.Budget.Charge(tensor.Type.Bytes + 200);
        return TensorReader.Load(tensor, file.Bytes.Span);
    }

    public int? Rank(Value value) => file.Ranks.TryGetValue(value.Name, out int rank) ? rank : null;

    public bool IsRead(Value value) => _read.Contains(value);

    public Value Constant(string hint, TensorData data)
    {
        Value value = Fresh(hint);
        Constants[value] = data;
        Declare(value, data.Type.Element);
        file.Budget.Charge(600 + data.Type.Bytes);
        return value;
    }

    public Value Fresh(string hint) => new(Free(names, hint));

    public string FreshNode(string hint) => Free(_nodeNames, hint);

    /// <summary>A node that a rule adds takes memory as those of the file do.</summary>
    public void Charge() => file.Budget.Charge(1500);

    private string Free(HashSet<string> taken, string hint)
    {
        string name = hint;
        for (int i = 1; !taken.Add(name); i++) name = $"{hint}_{i}";
        file.Budget.Charge(100 + (4L * name.Length));
        return name;
    }
}
