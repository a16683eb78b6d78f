using System.Globalization;
using Headroom.Evidence;

namespace Headroom.Graph.Onnx;

/// <summary>Where a model comes from: its name in messages, and the folder that its external data may lie in.</summary>
internal sealed class OnnxSource(string name, string? folder)
{
    // Tensors may share bytes of a data file, but a few bytes that many claim would fill the memory.
    private const int MostTimesRead = 4;

    private readonly Dictionary<(string Path, long Offset, TensorType Type), TensorData> _read = [];
    private readonly Dictionary<string, long> _files = new(StringComparer.Ordinal);
    private long _bytes;

    public string Name => name;

    /// <summary>Whether a tensor's bytes are there; nothing is read.</summary>
    /// <exception cref="InputException">The location leaves the folder or goes through a link, the file is missing, or it is shorter than said.</exception>
    public void Check(string tensor, IReadOnlyDictionary<string, string> entries, TensorType type) => Find(tensor, entries, type);

    /// <summary>Bytes of a file beside the model; nothing outside its folder is touched.</summary>
    /// <exception cref="InputException">As <see cref="Check"/>, or the file can't be read.</exception>
    public TensorData ReadExternal(string tensor, IReadOnlyDictionary<string, string> entries, TensorType type)
    {
        (string path, long offset, long length) = Find(tensor, entries, type);
        if (_read.TryGetValue((path, offset, type), out TensorData? known)) return known;
        _files[path] = length;
        _bytes += type.Bytes;
        if (_bytes > MostTimesRead * _files.Values.Sum()) throw External(tensor, "the model's tensors claim its bytes many times over.", "The model is broken; export it again.");
        var bytes = new byte[type.Bytes];
        // A zero-sized tensor has nothing to read.
        if (bytes.Length > 0)
        {
            try
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
                file.Position = offset;
                file.ReadExactly(bytes);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                throw FileFaults.Reading(path, e);
            }
        }
        return _read[(path, offset, type)] = new TensorData(type, TensorReader.Normal(type.Element, bytes));
    }

    /// <summary>An error about a tensor whose bytes are to lie beside the model.</summary>
    private InputException External(string tensor, string what, string remedy) => new(name, $"tensor '{tensor}' keeps its data in another file: {what}", remedy);

    private (string Path, long Offset, long FileLength) Find(string tensor, IReadOnlyDictionary<string, string> entries, TensorType type)
    {
        if (folder is null) throw External(tensor, "this model was not read from a folder.", "Read it from its file, or save it with its data inside.");
        string location = entries.GetValueOrDefault("location", "");
        string path = Confined(tensor, location);
        long offset = Number(tensor, entries, "offset", 0), length = Number(tensor, entries, "length", type.Bytes);
        if (length != type.Bytes) throw External(tensor, $"'{location}' is to hold {length} bytes, its type {type} takes {type.Bytes}.", "The file is broken; export the model again.");
        var info = new FileInfo(path);
        if (!info.Exists) throw External(tensor, $"there is no '{location}' beside the model.", "Put the data file beside the model, or save the model with its data inside.");
        // A pipe or a device has no length, and reading it may never end.
        if ((info.Attributes & FileAttributes.Device) != 0) throw External(tensor, $"'{location}' is no file.", "Put the data file itself beside the model.");
        if (offset > info.Length || length > info.Length - offset)
            throw External(tensor, $"'{location}' has {info.Length} bytes, those from {offset} to {(decimal)offset + length} are asked for.", "The data file is cut off or belongs to another model; fetch it again.");
        return (path, offset, info.Length);
    }

    private string Confined(string tensor, string location)
    {
        string[] parts = location.Split('/', '\\');
        if (location.Length == 0 || location.Contains('\0') || location.Contains(':') || Path.IsPathRooted(location) || parts.Any(p => p is "" or "." or ".."))
            throw External(tensor, $"its location '{location}' is not a plain path inside the model's folder.", "Such a file can reach for others on this machine: don't use it unless you trust its maker, and then save it with its data inside.");
        string path = folder!;
        foreach (string part in parts)
        {
            path = Path.Join(path, part);
            if (new FileInfo(path).LinkTarget is not null) throw External(tensor, $"'{location}' goes through a link.", "Put the data file itself beside the model.");
        }
        return path;
    }

    private long Number(string tensor, IReadOnlyDictionary<string, string> entries, string key, long fallback)
    {
        if (!entries.TryGetValue(key, out string? text)) return fallback;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)) return value;
        throw External(tensor, $"its {key} '{text}' is no number.", "The file is broken; export the model again.");
    }
}
