using System.Text.Json;
using Headroom.Data.Columns;
using Headroom.Data.Sources;
using Headroom.Evidence;

namespace Headroom.Data.Readers;

/// <summary>One JSON object a line (jsonlines.org); the columns are the keys of the first object, and a key that a later one lacks is missing there.</summary>
[Reader("jsonl")]
public sealed class JsonlReader : TabularReader
{
    /// <summary>The keys to read; by default those of the first object.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <inheritdoc/>
    public override RowSource Open(CancellationToken cancellation = default)
    {
        var path = Locate(Path, cancellation: cancellation);
        IReadOnlyList<string>? names = Columns;
        if (names is null)
        {
            using var first = Objects(path).Select(o => o.Document).FirstOrDefault()
                ?? throw new InputException(path, "there are no records", "Check that the file is the right one.");
            names = [.. first.RootElement.EnumerateObject().Select(p => p.Name)];
        }
        return Rows(path, names, () => Records(path, names, cancellation));
    }

    private static IEnumerable<Record> Records(string path, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        foreach (var (document, line) in Objects(path))
        {
            cancellation.ThrowIfCancellationRequested();
            using (document)
            {
                var values = new string?[names.Count];
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = document.RootElement.TryGetProperty(names[i], out var value) ? ToText(value, path, line, names[i]) : null;
                }
                yield return new Record(values, line);
            }
        }
    }

    private static IEnumerable<(JsonDocument Document, long Line)> Objects(string path)
    {
        using var text = InputFile.OpenText(path);
        for (var line = 1L; ; line++)
        {
            var at = line;
            var record = InputFile.Text(path, () => at - 1, text.ReadLine);
            if (record is null)
            {
                yield break;
            }
            if (!string.IsNullOrWhiteSpace(record))
            {
                yield return (Parse(record, path, line), line);
            }
        }
    }

    private static JsonDocument Parse(string record, string path, long line)
    {
        try
        {
            var document = JsonDocument.Parse(record);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw new InputException(
                new Origin(path, line).ToString(), $"the line holds {document.RootElement.ValueKind}, not an object", "Write one object {...} a line.");
        }
        catch (JsonException e)
        {
            throw new InputException($"{new Origin(path, line)}: the line is no JSON, from column {e.BytePositionInLine + 1} on\nMend the line; every record is one whole object on one line.", e);
        }
    }

    private static string? ToText(JsonElement value, string path, long line, string name)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.Null or JsonValueKind.Undefined => null,
                JsonValueKind.String => value.GetString(),
                _ => value.GetRawText(),
            };
        }
        catch (InvalidOperationException e) // an escape of half a surrogate pair
        {
            throw new InputException($"{new Origin(path, line)}: '{name}' holds half of a surrogate pair\nMend the value.", e);
        }
    }
}
