using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;
using Headroom.Evidence;

namespace Headroom.Planning.Tables;

/// <summary>A file of published measurements: <c>{kind, rows: [{table, model, hardware, config, measured}]}</c>.</summary>
/// <param name="Name">The file's name without <c>.json</c>.</param>
/// <param name="Kind">What it says that it measures; empty where it doesn't.</param>
/// <param name="Rows">In the file's order.</param>
public sealed record MeasuredTable(string Name, string Kind, ImmutableArray<MeasuredRow> Rows)
{
    /// <summary>The largest file that is read.</summary>
    public const long MaximumBytes = 256L << 20;

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The table.</returns>
    /// <exception cref="InputException">It can't be read, or is no table: names the file, and the row where one is wrong.</exception>
    public static MeasuredTable Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        byte[] json;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaximumBytes } file) throw new InputException(path, $"it has {file.Length} bytes, and a table at most {MaximumBytes}.", "Split it.");
            json = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw FileFaults.Reading(path, e);
        }
        return Parse(json, path);
    }

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="path">What messages call it; its file name names the table.</param>
    /// <returns>The table.</returns>
    /// <exception cref="InputException">As <see cref="Read"/>.</exception>
    public static MeasuredTable Parse(ReadOnlyMemory<byte> json, string path)
    {
        JsonDocument document;
        if (!Utf8.IsValid(json.Span)) throw new InputException(path, "its text is no UTF-8.", "Save it in UTF-8.");
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 64 });
        }
        catch (JsonException e)
        {
            throw new InputException($"{path}: it is no JSON: {e.Message}\n{Right}", e);
        }
        using (document)
        {
            JsonElement root = document.RootElement, rows;
            string kind = "", source = "";
            if (root.ValueKind == JsonValueKind.Array) rows = root;
            else if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("rows", out rows) || rows.ValueKind != JsonValueKind.Array) throw new InputException(path, "it has no list of rows.", Right);
            else if (root.TryGetProperty("kind", out JsonElement said) && said.ValueKind == JsonValueKind.String) kind = TextOf(path, "kind", said);
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("source", out JsonElement from) && from.ValueKind == JsonValueKind.String) source = TextOf(path, "source", from);
            string name = Path.GetFileNameWithoutExtension(path);
            var all = ImmutableArray.CreateBuilder<MeasuredRow>(rows.GetArrayLength());
            foreach (JsonElement row in rows.EnumerateArray())
            {
                int number = all.Count + 1;
                if (row.ValueKind != JsonValueKind.Object) throw new InputException($"{path}, row {number}", $"an object in braces is expected, not {row.ValueKind.ToString().ToLowerInvariant()}.", Right);
                all.Add(Row(path, name, kind, source, number, row));
            }
            return new MeasuredTable(name, kind, all.DrainToImmutable());
        }
    }

    private const string Right = "A table is {\"kind\": \"llm-train\", \"rows\": [{\"model\": {...}, \"hardware\": {...}, \"config\": {...}, \"measured\": {...}}, ...]}.";

    private static string TextOf(string path, string field, JsonElement said)
    {
        try
        {
            return said.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new InputException($"{path}: '{field}' is a text that is no Unicode.\nWrite it anew in UTF-8.", e);
        }
    }

    private static MeasuredRow Row(string path, string name, string kind, string source, int number, JsonElement row)
    {
        try
        {
            Visit(row);
            return new MeasuredRow(name, kind, number, row.Clone(), source);
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException)
        {
            // A text with half a surrogate pair: JSON's grammar lets it through, .NET's strings don't.
            throw new InputException($"{path}, row {number}: it has a text that is no Unicode.\nWrite it anew in UTF-8.", e);
        }
    }

    /// <summary>Reads every text once, so that no later reader meets one that can't be read.</summary>
    private static void Visit(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String) element.GetString();
        else if (element.ValueKind == JsonValueKind.Array) foreach (JsonElement inner in element.EnumerateArray()) Visit(inner);
        else if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                _ = property.Name;
                Visit(property.Value);
            }
        }
    }
}
