using System.Text.Json;
using Headroom.Evidence;

namespace Headroom.Training.HuggingFace;

/// <summary>A <c>model.safetensors.index.json</c>: which file of a folder holds each tensor.</summary>
/// <param name="TotalSize">Bytes of all tensors, where the file says them.</param>
/// <param name="Files">The file's name by the tensor's.</param>
internal sealed record ShardIndex(long? TotalSize, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>What an index may have: that of a thousand billion parameters, with a tensor an expert, has 16 MB.</summary>
    private const int MaximumBytes = 64 << 20;

    private const string Remedy = "Take the folder anew from where it came from.";

    /// <exception cref="InputException">The file is missing, too large or no index: says why.</exception>
    public static ShardIndex Read(string path)
    {
        try
        {
            byte[] json;
            using (FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete))
            {
                if (stream.Length > MaximumBytes) throw new InputException(path, $"it has {stream.Length} bytes; an index has at most {MaximumBytes}.", Remedy);
                json = new byte[stream.Length];
                stream.ReadExactly(json);
            }
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            return Parse(path, document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InputException(path, $"it is no index of shards: {e.Message}", Remedy);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw FileFaults.Reading(path, e);
        }
    }

    /// <summary>Writes the index as transformers lays it out, names in order.</summary>
    public static void Write(string path, long totalSize, IEnumerable<KeyValuePair<string, string>> files) => AtomicFile.Write(path, stream =>
    {
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        json.WriteNumber("total_size", totalSize);
        json.WriteEndObject();
        json.WriteStartObject("weight_map");
        foreach ((string name, string file) in files.OrderBy(f => f.Key, StringComparer.Ordinal)) json.WriteString(name, file);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static ShardIndex Parse(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object) throw new InputException(path, "it has no weight_map.", Remedy);
        Dictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            string? file = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString() : null;
            if (file is null || !IsName(file)) throw new InputException(path, $"it says of the tensor '{Short(entry.Name)}' that it lies in {Short(entry.Value.GetRawText())}, which is no name of a safetensors file in the same folder.", Remedy);
            files.Add(entry.Name, file);
        }
        if (files.Count == 0) throw new InputException(path, "its weight_map names no tensor.", Remedy);
        long? total = null;
        if (root.TryGetProperty("metadata", out JsonElement metadata) && metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty("total_size", out JsonElement size))
        {
            // Some versions of transformers write it as 13761264768.0.
            if (size.ValueKind != JsonValueKind.Number || !size.TryGetDecimal(out decimal bytes) || bytes < 0 || bytes > long.MaxValue || bytes != decimal.Truncate(bytes))
                throw new InputException(path, $"its total_size is {Short(size.GetRawText())}, which is no number of bytes.", Remedy);
            total = (long)bytes;
        }
        return new ShardIndex(total, files);
    }

    /// <summary>Nothing that leads out of the folder, on any system.</summary>
    private static bool IsName(string file) => file.EndsWith(".safetensors", StringComparison.Ordinal) && file.Length <= 255 && file.IndexOfAny(['/', '\\', ':', '\0']) < 0;

    private static string Short(string text) => text.Length <= 200 ? text : text[..200] + "...";
}
