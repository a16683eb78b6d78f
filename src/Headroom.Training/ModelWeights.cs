using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Runtime.Execution;
using Headroom.Training.Checkpoints;

namespace Headroom.Training;

/// <summary>The values of a model's weights and statistics as a session holds them, for a file or for another session.</summary>
public sealed class ModelWeights(Session session, Model model)
{
    /// <summary>The names, in the model's order.</summary>
    public IEnumerable<string> Names => model.States.Select(s => s.Value.Name);

    /// <summary>A copy of one tensor.</summary>
    /// <exception cref="GraphException">There is none of that name.</exception>
    public TensorData this[string name] => session.State(name).ToData();

    /// <summary>The same, as an exporter asks for it.</summary>
    public TensorData Of(State state) => this[state.Value.Name];

    /// <summary>Copies of all.</summary>
    public IReadOnlyDictionary<string, TensorData> ToData() => Names.ToDictionary(n => n, n => this[n], StringComparer.Ordinal);

    /// <summary>Puts values back, such as <see cref="ToData"/> gave them.</summary>
    /// <exception cref="InputException">A value is missing or of another type.</exception>
    public void Load(IReadOnlyDictionary<string, TensorData> values)
    {
        foreach (string name in Names) if (!values.TryGetValue(name, out TensorData? v) || v.Type != session.State(name).Type) throw Unfit("values", name, v?.Type);
        foreach (string name in Names) values[name].Bytes.CopyTo(session.State(name).Bytes);
    }

    /// <summary>Writes the model's tensors, and no optimizer's, as safetensors.</summary>
    /// <exception cref="InputException">As <see cref="AtomicFile.Write"/>.</exception>
    public void Save(string path, IReadOnlyDictionary<string, string>? metadata = null) => SafetensorsWriter.Write(
        path,
        Names.Select(session.State).Select(s => new SafetensorsEntry(s.Name, s.Type, (offset, count) => StateBytes.Read(s, offset, count))),
        metadata);

    /// <summary>Reads the model's tensors from a safetensors file, which may hold others too.</summary>
    /// <exception cref="InputException">The file is broken, or lacks a tensor; nothing is changed then.</exception>
    public void Load(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        file.Verify();
        IReadOnlyDictionary<string, TensorType> there = file.Tensors;
        foreach (string name in Names) if (!there.TryGetValue(name, out TensorType type) || type != session.State(name).Type) throw Unfit(path, name, there.TryGetValue(name, out type) ? type : null);
        foreach (string name in Names) StateBytes.Write(session.State(name), (offset, destination) => file.Read(name, offset, destination));
    }

    private InputException Unfit(string where, string name, TensorType? found) => new(where,
        $"the model has a tensor '{name}': {session.State(name).Type}, found is {(found is TensorType t ? t.ToString() : "none")}.", "Take the weights of the same model.");
}
