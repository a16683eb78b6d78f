using System.Text.Json;
using System.Text.Unicode;
using Headroom.Evidence.Json;

namespace Headroom.Evidence.Runs;

/// <summary>A line of the log: when, what, and the other fields.</summary>
public sealed record LogEntry(DateTimeOffset Time, string Event, IReadOnlyDictionary<string, JsonElement> Fields);

/// <summary>A log as it was read; <paramref name="Torn"/> says what was skipped at its end, null where nothing was.</summary>
public sealed record LogContent(IReadOnlyList<LogEntry> Entries, string? Torn);

/// <summary>Reads what <see cref="RunLog"/> wrote.</summary>
public static class RunLogReader
{
    /// <summary>The longest line that is taken for one: 1 MiB.</summary>
    internal const int LongestLine = 1 << 20;

    private const long LargestLog = 1L << 30;

    /// <summary>Reads the whole log. A last line that a kill tore is skipped, and <see cref="LogContent.Torn"/> says so.</summary>
    /// <exception cref="InputException">The log is missing, larger than 1 GiB, or broken elsewhere than at its end.</exception>
    public static LogContent Read(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
            if (stream.Length > LargestLog) throw new InputException(path, $"it has {stream.Length} bytes; a log is read up to {LargestLog}.", "Name the log of a run: log.jsonl.");
            return Read(stream, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw FileFaults.Reading(path, e);
        }
    }

    private static LogContent Read(FileStream stream, string path)
    {
        List<LogEntry> entries = [];
        using MemoryStream line = new();
        int number = 1;
        for (int b; (b = stream.ReadByte()) >= 0;)
        {
            if (b != '\n')
            {
                if (line.Length >= LongestLine) throw Broken(path, number, $"it is longer than {LongestLine} bytes");
                line.WriteByte((byte)b);
                continue;
            }
            entries.Add(Entry(line.ToArray()) ?? throw Broken(path, number, "it is no JSON object with a time and an event"));
            line.SetLength(0);
            number++;
        }
        if (line.Length == 0) return new LogContent(entries, null);
        if (Entry(line.ToArray()) is LogEntry last) return new LogContent([.. entries, last], null);
        return new LogContent(entries, $"{path}, line {number}: the last line is torn ({line.Length} bytes); the run was killed while it wrote. It is skipped.");
    }

    /// <summary>The entry that a line holds, or null.</summary>
    internal static LogEntry? Entry(ReadOnlyMemory<byte> line)
    {
        if (!Utf8.IsValid(line.Span)) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 32 });
            if (document.RootElement.ValueKind != JsonValueKind.Object) return null;
            DateTimeOffset? time = null;
            string? name = null;
            OrderedDictionary<string, JsonElement> fields = new(StringComparer.Ordinal);
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Name == "time") time = property.Value.ValueKind == JsonValueKind.String ? UtcTimeConverter.Parse(property.Value.GetString()) : null;
                else if (property.Name == "event") name = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : null;
                else fields.Add(property.Name, property.Value.Clone());
            }
            return time is DateTimeOffset at && name is not null ? new LogEntry(at, name, fields) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static InputException Broken(string path, int number, string what) =>
        new($"{path}, line {number}", $"this is no line of a log: {what}.", "Restore the file; other tools must not write into it.");
}
