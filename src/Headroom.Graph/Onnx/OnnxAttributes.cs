namespace Headroom.Graph.Onnx;

/// <summary>The attributes of one ONNX node, as read from a file or to be written to one.</summary>
/// <param name="opset">The opset of ONNX's own domain that the file imports.</param>
public sealed class OnnxAttributes(int opset)
{
    private readonly SortedDictionary<string, object> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = [];

    public int Opset { get; } = opset;

    /// <summary>How many inputs and outputs the node has: some forms depend on it.</summary>
    public int InputCount { get; init; }

    public int OutputCount { get; init; }

    /// <summary>long, float, string, long[], float[], string[] or <see cref="TensorData"/>.</summary>
    public IReadOnlyDictionary<string, object> Values => _values;

    public bool Has(string name)
    {
        _asked.Add(name);
        return _values.ContainsKey(name);
    }

    /// <summary>Attributes that are there and that nobody has asked for: an operator that leaves one unread would compute something else than the file says.</summary>
    public IEnumerable<string> Unread => _values.Keys.Where(name => !_asked.Contains(name));

    public void Set(string name, long value) => _values[name] = value;

    public void Set(string name, bool value) => _values[name] = value ? 1L : 0L;

    public void Set(string name, float value) => _values[name] = value;

    public void Set(string name, string value) => _values[name] = value;

    public void Set(string name, long[] value) => _values[name] = value;

    public void Set(string name, float[] value) => _values[name] = value;

    public void Set(string name, string[] value) => _values[name] = value;

    public void Set(string name, TensorData value) => _values[name] = value;

    public long Int(string name, long fallback) => Get(name, fallback);

    public bool Flag(string name, bool fallback = false) => Get(name, fallback ? 1L : 0L) != 0;

    public float Float(string name, float fallback) => Get(name, fallback);

    public string Text(string name, string fallback) => Get(name, fallback);

    /// <summary>A list of integers, empty where absent.</summary>
    public long[] Ints(string name) => Get(name, Array.Empty<long>());

    public float[] Floats(string name) => Get(name, Array.Empty<float>());

    public TensorData? Tensor(string name) => Has(name) ? As<TensorData>(name, _values[name]) : null;

    private T Get<T>(string name, T fallback) => Has(name) ? As<T>(name, _values[name]) : fallback;

    internal void SetValue(string name, object value) => _values[name] = value;

    internal void Remove(string name) => _values.Remove(name);

    /// <summary>The same attributes, none asked for yet, as those of a node of an opset.</summary>
    internal OnnxAttributes Of(int opset, int inputs, int outputs)
    {
        var copy = new OnnxAttributes(opset) { InputCount = inputs, OutputCount = outputs };
        foreach ((string name, object value) in _values) copy._values[name] = value;
        return copy;
    }

    private static T As<T>(string name, object value)
        => value is T t ? t : throw new GraphException($"attribute '{name}' is {Kind(value.GetType())}, {Kind(typeof(T))} is needed");

    private static string Kind(Type type) => type == typeof(long) ? "an integer" : type == typeof(float) ? "a float" : type == typeof(string) ? "a string"
        : type == typeof(long[]) ? "a list of integers" : type == typeof(float[]) ? "a list of floats" : type == typeof(string[]) ? "a list of strings"
        : type == typeof(TensorData) ? "a tensor" : "something unknown";
}
