using Headroom.Evidence;

namespace Headroom.Graph.Onnx;

/// <summary>Writes a model as an ONNX file, one alone or, above 2 GiB or where <see cref="OnnxWriteOptions.ExternalData"/> asks for it, with a second that holds the weights: weights and statistics as initializers under their own names, named dimensions as <c>dim_param</c>.</summary>
/// <remarks>ONNX IR specification, https://github.com/onnx/onnx/blob/main/docs/IR.md. The same model, values and options give the same bytes.</remarks>
public static class OnnxWriter
{
    /// <summary>Writes a model whose states' values are given in it (<see cref="Initializer.Given"/>, <see cref="Initializer.Constant"/>).</summary>
    /// <exception cref="InputException">As the overload with values.</exception>
    public static void Write(Model model, string path, OnnxWriteOptions? options = null) => Write(model, path, GivenValue, options);

    /// <param name="model">In its inference form.</param>
    /// <param name="path">Written whole or not at all.</param>
    /// <param name="values">Each state's value by name.</param>
    /// <param name="options">Opset and producer.</param>
    /// <exception cref="InputException">As the overload with a function.</exception>
    public static void Write(Model model, string path, IReadOnlyDictionary<string, TensorData> values, OnnxWriteOptions? options = null)
        => Write(model, path, Lookup(values), options);

    /// <param name="model">In its inference form.</param>
    /// <param name="path">Written whole or not at all.</param>
    /// <param name="value">A state's value; asked for one state after the other, so that one copy is in memory at a time.</param>
    /// <param name="options">Opset and producer.</param>
    /// <exception cref="GraphException">A node can't be expressed in ONNX or in this opset, or a value has another type than its state.</exception>
    /// <exception cref="InputException">The path can't be written.</exception>
    public static void Write(Model model, string path, Func<State, TensorData> value, OnnxWriteOptions? options = null)
    {
        string data = Path.GetFileName(path) + ".data";
        OnnxFileLayout layout = OnnxFileLayout.Of(model, options ?? new OnnxWriteOptions(), data);
        AtomicFile.Write(path, stream =>
        {
            layout.Write(stream, value);
            // Both files are whole on the disk before either takes its name.
            if (layout.HasData) AtomicFile.Write(Path.Join(Path.GetDirectoryName(Path.GetFullPath(path)), data), second => layout.WriteData(second, value));
        });
    }

    /// <summary>Writes to a stream, which stays open.</summary>
    /// <exception cref="GraphException">As above, or one file would exceed protobuf's 2 GiB.</exception>
    public static void Write(Model model, Stream stream, Func<State, TensorData>? value = null, OnnxWriteOptions? options = null)
        => OnnxFileLayout.Of(model, options ?? new OnnxWriteOptions(), null).Write(stream, value ?? GivenValue);

    /// <summary>The file as bytes.</summary>
    /// <exception cref="GraphException">As above.</exception>
    public static byte[] ToBytes(Model model, Func<State, TensorData>? value = null, OnnxWriteOptions? options = null)
    {
        var stream = new MemoryStream();
        Write(model, stream, value, options);
        return stream.ToArray();
    }

    private static TensorData GivenValue(State state) => state.Initializer switch
    {
        Initializer { HasValues: true } given => given.Values(),
        Initializer.Constant c => TensorData.Fill(state.Type.Element, state.Type.Shape, c.Value),
        _ => throw new GraphException($"state '{state.Value}' has no value yet, only a rule for its first one; write a trained or initialised model's values"),
    };

    private static Func<State, TensorData> Lookup(IReadOnlyDictionary<string, TensorData> values)
        => s => values.TryGetValue(s.Value.Name, out TensorData? v) ? v : throw new GraphException($"no value is given for state '{s.Value}' {s.Type}");
}
