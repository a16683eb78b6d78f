using System.Runtime.InteropServices;
using Headroom.Graph;
using Microsoft.ML.OnnxRuntime;

namespace Headroom.Inference;

/// <summary>A run's outputs, in ONNX Runtime's memory until this is disposed.</summary>
public sealed class InferenceOutputs : IDisposable
{
    private readonly IDisposableReadOnlyCollection<OrtValue> _values;
    private readonly Dictionary<string, (int Index, TensorType Type)> _byName = [];

    internal InferenceOutputs(IReadOnlyList<TensorInfo> declared, IDisposableReadOnlyCollection<OrtValue> values)
    {
        _values = values;
        for (int i = 0; i < declared.Count; i++)
        {
            OrtTensorTypeAndShapeInfo info = values[i].GetTensorTypeAndShape();
            _byName[declared[i].Name] = (i, new TensorType(declared[i].Element, new Shape(info.Shape)));
        }
    }

    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>The type that an output has in this run.</summary>
    public TensorType Type(string output) => Find(output).Type;

    /// <summary>An output's bytes, row-major; valid until this is disposed.</summary>
    public unsafe ReadOnlySpan<byte> Bytes(string output)
    {
        (int index, TensorType type) = Find(output);
        if (type.Bytes == 0) return [];
        return _values[index].GetTensorMutableRawData()[..checked((int)type.Bytes)];
    }

    /// <summary>An output's elements, row-major; valid until this is disposed.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has another size than the output's elements.</exception>
    public unsafe ReadOnlySpan<T> Span<T>(string output) where T : unmanaged
    {
        TensorType type = Type(output);
        if (type.Element.Size() != sizeof(T)) throw new ArgumentException($"output '{output}' is {type}; {typeof(T).Name} has another size");
        return MemoryMarshal.Cast<byte, T>(Bytes(output));
    }

    /// <summary>A copy on the managed heap.</summary>
    public TensorData ToData(string output) => new(Type(output), Bytes(output).ToArray());

    public void Dispose() => _values.Dispose();

    private (int Index, TensorType Type) Find(string output)
        => _byName.TryGetValue(output, out (int, TensorType) found) ? found : throw new ArgumentException($"there is no output '{output}'; there are {string.Join(", ", Names)}");
}
