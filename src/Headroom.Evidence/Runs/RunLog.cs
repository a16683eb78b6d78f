using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Evidence.Json;

namespace Headroom.Evidence.Runs;

/// <summary>What happened when: one JSON object a line (<c>time</c>, <c>event</c>, further fields), handed to the operating system line by line.</summary>
/// <remarks>A killed run leaves at most its last line torn. Opening the log again drops that part, reading skips it and says so. Safe to call from several threads.</remarks>
public sealed class RunLog : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();

    private RunLog(string path, FileStream stream, TimeProvider clock) => (_path, _stream, _clock) = (path, stream, clock);

    /// <summary>Opens the log to append, and makes it where there is none.</summary>
    /// <exception cref="InputException">It can't be written.</exception>
    public static RunLog Open(string path, TimeProvider? clock = null)
    {
        FileStream? stream = null;
        try
        {
            // Without a buffer of our own, each line goes out as one write.
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            MendEnd(stream);
            return new RunLog(path, stream, clock ?? TimeProvider.System);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            stream?.Dispose();
            throw FileFaults.Writing(path, e);
        }
    }

    /// <summary>Appends an event. A number that is not finite is written as a text ("NaN").</summary>
    /// <param name="name">What happened: <c>step</c>, <c>checkpoint</c>.</param>
    /// <param name="fields">Names and plain values: text, numbers, true or false, times, JSON nodes.</param>
    /// <exception cref="ArgumentException">A field is called <c>time</c> or <c>event</c>, or two have one name.</exception>
    /// <exception cref="InputException">The disk is full.</exception>
    public void Append(string name, params ReadOnlySpan<(string Name, object? Value)> fields)
    {
        JsonObject line = new() { ["time"] = UtcTimeConverter.Text(_clock.GetUtcNow()), ["event"] = name };
        foreach ((string field, object? value) in fields)
        {
            if (!line.TryAdd(field, Node(value))) throw new ArgumentException($"The field '{field}' of the event '{name}' occurs twice.");
        }
        byte[] bytes = Encoding.UTF8.GetBytes(line.ToJsonString(EvidenceJson.Options) + "\n");
        lock (_lock)
        {
            try
            {
                _stream.Write(bytes);
            }
            catch (IOException e)
            {
                throw FileFaults.Writing(_path, e);
            }
        }
    }

    public void Dispose() => _stream.Dispose();

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        JsonNode node => node.DeepClone(),
        double d when !double.IsFinite(d) => d.ToString(CultureInfo.InvariantCulture),
        float f when !float.IsFinite(f) => f.ToString(CultureInfo.InvariantCulture),
        _ => JsonSerializer.SerializeToNode(value, value.GetType(), EvidenceJson.Options),
    };

    /// <summary>Ends the file with a whole line: what a kill left behind the last one is dropped, unless only its line end is missing.</summary>
    private static void MendEnd(FileStream stream)
    {
        long length = stream.Length;
        int look = (int)Math.Min(length, RunLogReader.LongestLine);
        byte[] tail = new byte[look];
        stream.Seek(length - look, SeekOrigin.Begin);
        stream.ReadExactly(tail);
        int end = tail.AsSpan().LastIndexOf((byte)'\n') + 1;
        if (end < look)
        {
            ReadOnlyMemory<byte> torn = tail.AsMemory(end);
            if (RunLogReader.Entry(torn) is not null)
            {
                stream.Seek(0, SeekOrigin.End);
                stream.Write("\n"u8);
            }
            else if (end > 0 || look == length)
            {
                stream.SetLength(length - torn.Length);
            }
            else
            {
                throw new IOException($"its last line is longer than {RunLogReader.LongestLine} bytes, so it is no log");
            }
        }
        stream.Seek(0, SeekOrigin.End);
    }
}
