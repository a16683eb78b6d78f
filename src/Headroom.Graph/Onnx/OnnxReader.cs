using Headroom.Evidence;

namespace Headroom.Graph.Onnx;

/// <summary>
/// Reads an ONNX file into a model: float initializers become states under their names, so the model can be trained; other initializers and <c>Constant</c> nodes become constants.
/// </summary>
/// <remarks>
/// ONNX IR specification, opset 7 and later: nodes of older opsets are lifted to the form that operators have since opset 13. Files that Headroom wrote say which initializers are weights, statistics and constants. In others a float initializer is a trainable weight, unless it is a scalar (a constant)
/// or what a batch normalization keeps up (a statistic). Nothing in a file is trusted: no allocation exceeds what the bytes present can fill, and external data stays in the model's folder.
/// </remarks>
public static class OnnxReader
{
    /// <summary>The oldest opset that can be read.</summary>
    public const int OldestOpset = 7;

    /// <summary>The newest opset whose operators are known to mean what they mean here.</summary>
    public const int NewestOpset = 28;

    /// <summary>The IR version that came before opset 7.</summary>
    public const int OldestIrVersion = 3;

    /// <summary>The newest version of the file format that is known.</summary>
    public const int NewestIrVersion = 14;

    /// <exception cref="InputException">The file can't be read, is no ONNX model, or uses what isn't supported; the message names the node.</exception>
    public static Model Read(string path)
    {
        byte[] bytes;
        try
        {
            var info = new FileInfo(path);
            if (info.Exists && info.Length > Array.MaxLength) throw new InputException(path, "it is larger than 2 GiB, which no ONNX file can be.", "Large models keep their weights in a second file (external data); name the model's own file.");
            bytes = info.Exists && info.Length == 0 ? [] : File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw FileFaults.Reading(path, e);
        }
        return Read(bytes, new OnnxSource(Path.GetFileName(path), Path.GetDirectoryName(Path.GetFullPath(path))));
    }

    /// <param name="bytes">A whole file.</param>
    /// <param name="name">What messages call it. External data is refused: there is no folder.</param>
    /// <exception cref="InputException">As above.</exception>
    public static Model Read(ReadOnlySpan<byte> bytes, string name) => Read(bytes.ToArray(), new OnnxSource(name, null));

    /// <param name="stream">Read to its end.</param>
    /// <param name="name">What messages call it. External data is refused: there is no folder.</param>
    /// <exception cref="InputException">As above.</exception>
    public static Model Read(Stream stream, string name)
    {
        try
        {
            var copy = new MemoryStream(stream.CanSeek ? (int)Math.Clamp(stream.Length - stream.Position, 0, Array.MaxLength) : 0);
            stream.CopyTo(copy);
            return Read(copy.GetBuffer().AsMemory(0, (int)copy.Length), new OnnxSource(name, null));
        }
        catch (IOException e)
        {
            throw FileFaults.Reading(name, e);
        }
    }

    private static Model Read(ReadOnlyMemory<byte> bytes, OnnxSource source)
    {
        if (bytes.IsEmpty) throw new InputException(source.Name, "it is empty.", "Name an ONNX file.");
        try
        {
            return new OnnxModelReader(OnnxFile.Read(bytes), source).Build();
        }
        catch (WireException e)
        {
            throw new InputException(source.Name, $"this is not a whole ONNX model: {e.Message}.", "Check that the file is an ONNX model and was copied whole.");
        }
    }
}
