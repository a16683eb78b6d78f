using Headroom.Evidence;

namespace Headroom.Graph.Onnx;

/// <summary>Where a model comes from: its name in messages, and the folder that its external data may lie in.</summary>
internal sealed record OnnxSource(string Name, string? Folder)
{
    /// <summary>An error about a tensor whose bytes are to lie beside the model.</summary>
    public InputException External(string tensor, string what, string remedy) => new(Name, $"tensor '{tensor}' keeps its data in another file: {what}", remedy);

    /// <summary>Bytes of a file beside the model; nothing outside its folder is touched.</summary>
    /// <exception cref="InputException">The location leaves the folder or goes through a link, the file is missing, or it is shorter than said.</exception>
    public byte[] ReadExternal(string tensor, IReadOnlyDictionary<string, string> entries, long expected)
    {
        if (Folder is null) throw External(tensor, "this model was not read from a folder.", "Read it from its file, or save it with its data inside.");
        string location = entries.GetValueOrDefault("location", "");
        string path = Confined(tensor, location);
        long offset = Number(tensor, entries, "offset", 0), length = Number(tensor, entries, "length", expected);
        if (length != expected) throw External(tensor, $"'{location}' is to hold {length} bytes, its type takes {expected}.", "The file is broken; export the model again.");
        var info = new FileInfo(path);
        if (!info.Exists) throw External(tensor, $"there is no '{location}' beside the model.", "Put the data file beside the model, or save the model with its data inside.");
        if (offset > info.Length || expected > info.Length - offset) throw External(tensor, $"'{location}' has {info.Length} bytes, those from {offset} to {(decimal)offset + expected} are asked for.", "The data file is cut off or belongs to another model; fetch it again.");
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            file.Position = offset;
            var bytes = new byte[expected];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw FileFaults.Reading(path, e);
        }
    }

    private string Confined(string tensor, string location)
    {
        string[] parts = location.Split('/', '\\');
        if (location.Length == 0 || location.Contains('\0') || location.Contains(':') || Path.IsPathRooted(location) || parts.Any(p => p is "" or "." or ".."))
            throw External(tensor, $"its location '{location}' is not a plain path inside the model's folder.", "Such a file can reach for others on this machine: don't use it unless you trust its maker, and then save it with its data inside.");
        string path = Folder!;
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
        if (long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long value)) return value;
        throw External(tensor, $"its {key} '{text}' is no number.", "The file is broken; export the model again.");
    }
}
