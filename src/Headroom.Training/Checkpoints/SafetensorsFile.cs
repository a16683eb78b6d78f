using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Headroom.Evidence;
using Headroom.Graph;
using Microsoft.Win32.SafeHandles;

namespace Headroom.Training.Checkpoints;

/// <summary>A safetensors file, open for reading: the header is checked whole when it is opened, the tensors are read when asked for.</summary>
/// <remarks>Nothing in the file is trusted: the header is at most 100 MB, offsets lie in the file, fit their types, and leave neither gaps nor overlaps.</remarks>
public sealed class SafetensorsFile : IDisposable
{
    internal const string MetadataKey = "__metadata__";

    /// <summary>The largest header that is read, as in the format's own implementation.</summary>
    public const int MaximumHeader = 100_000_000;

    /// <summary>The most axes of a tensor: PyTorch's limit.</summary>
    private const int MaximumRank = 64;

    /// <summary>The most of a fault that is shown: names are the file's, and of any length.</summary>
    private const int LongestFault = 1000;

    private readonly SafeFileHandle _file;
    private readonly long _data;
    private readonly Dictionary<string, (TensorType Type, long Start)> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorType> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private SafetensorsFile(string path, SafeFileHandle file)
    {
        (Path, _file) = (path, file);
        try
        {
            long length = RandomAccess.GetLength(file);
            Span<byte> prefix = stackalloc byte[8];
            if (length < 10) throw Broken($"it has {length} bytes, too few for a header");
            ReadAt(0, prefix);
            long header = BinaryPrimitives.ReadInt64LittleEndian(prefix);
            if (header is < 2 or > MaximumHeader || header > length - 8) throw Broken($"its header claims {(ulong)header} bytes; the file has {length}, and a header at most {MaximumHeader}");
            byte[] json = new byte[header];
            ReadAt(8, json);
            _data = 8 + header;
            if (json[0] != '{') throw Broken("its header doesn't begin with '{'");
            Parse(json, length - _data);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            file.Dispose();
            throw Broken($"its header is no valid JSON: {e.Message}");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public string Path { get; }

    /// <summary>The tensors' names and types.</summary>
    public IReadOnlyDictionary<string, TensorType> Tensors => _types;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <exception cref="InputException">The file is missing, or is no safetensors file: says why.</exception>
    public static SafetensorsFile Open(string path)
    {
        try
        {
            return new SafetensorsFile(path, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw FileFaults.Reading(path, e);
        }
    }

    /// <summary>Holds the tensors' bytes against the hash that the writer put into the header.</summary>
    /// <returns>False when the file, written by other software, has no hash.</returns>
    /// <exception cref="InputException">The bytes were changed.</exception>
    public bool Verify()
    {
        if (!_metadata.TryGetValue(SafetensorsWriter.ChecksumKey, out string? expected)) return false;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] part = new byte[1 << 18];
        long end = RandomAccess.GetLength(_file);
        for (long at = _data; at < end; at += part.Length)
        {
            Span<byte> piece = part.AsSpan(0, (int)Math.Min(part.Length, end - at));
            ReadAt(at, piece);
            hash.AppendData(piece);
        }
        string found = Convert.ToHexStringLower(hash.GetHashAndReset());
        return found == expected ? true : throw Broken($"the SHA-256 of its tensors is {found}, its header says {expected}");
    }

    /// <summary>Reads a part of a tensor's bytes.</summary>
    /// <exception cref="InputException">There is no such tensor, or reading fails.</exception>
    public void Read(string name, long offset, Span<byte> destination)
    {
        (TensorType type, long start) = Find(name);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, type.Bytes - offset, nameof(destination));
        ReadAt(_data + start + offset, destination);
    }

    /// <summary>A tensor, read onto the managed heap.</summary>
    /// <exception cref="InputException">There is no such tensor, it takes more than 2 GiB, or reading fails.</exception>
    public TensorData Read(string name)
    {
        TensorType type = Find(name).Type;
        if (type.Bytes > Array.MaxLength) throw new InputException(Path, $"tensor '{name}' takes {type.Size}, too much for one array.", "Read it in parts.");
        byte[] bytes = new byte[type.Bytes];
        Read(name, 0, bytes);
        return new TensorData(type, bytes);
    }

    public void Dispose() => _file.Dispose();

    private (TensorType Type, long Start) Find(string name) => _tensors.TryGetValue(name, out var found) ? found
        : throw new InputException(Path, $"there is no tensor '{name}' in it.{NearestName.Hint(name, _tensors.Keys)}", "Take a file of the same model.");

    private void Parse(byte[] header, long dataBytes)
    {
        using JsonDocument json = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 4 });
        List<(string Name, long Start, long End)> spans = [];
        foreach (JsonProperty property in json.RootElement.EnumerateObject())
        {
            if (property.Name == MetadataKey)
            {
                foreach (JsonProperty text in property.Value.EnumerateObject()) _metadata.Add(text.Name, text.Value.GetString() ?? throw Broken($"its metadata '{text.Name}' is null"));
                continue;
            }
            (TensorType type, long start, long end) = Tensor(property.Name, property.Value);
            _tensors.Add(property.Name, (type, start));
            _types.Add(property.Name, type);
            spans.Add((property.Name, start, end));
        }
        spans.Sort((a, b) => (a.Start, a.End).CompareTo((b.Start, b.End)));
        long at = 0;
        foreach ((string name, long start, long end) in spans)
        {
            if (start != at) throw Broken($"tensor '{name}' begins at byte {start} of the data, where byte {at} is next: {(start < at ? "tensors overlap" : "there is a gap")}");
            at = end;
        }
        if (at != dataBytes) throw Broken($"its tensors take {at} bytes, but {dataBytes} follow the header");
    }

    private (TensorType Type, long Start, long End) Tensor(string name, JsonElement fields)
    {
        ElementType? element = null;
        long[]? dims = null, offsets = null;
        foreach (JsonProperty field in fields.EnumerateObject())
        {
            switch (field.Name)
            {
                case "dtype":
                    element = SafetensorsTypes.Parse(field.Value.GetString())
                        ?? throw Broken($"tensor '{name}' has the element type '{field.Value.GetString()}'; this version reads {SafetensorsTypes.Known}");
                    break;
                case "shape": dims = Numbers(name, field.Value); break;
                case "data_offsets": offsets = Numbers(name, field.Value); break;
                default: throw Broken($"tensor '{name}' has the unknown field '{field.Name}'");
            }
        }
        if (element is not ElementType type || dims is null || offsets is not [long start, long end]) throw Broken($"tensor '{name}' lacks its dtype, shape or two data_offsets");
        if (dims.Length > MaximumRank) throw Broken($"tensor '{name}' has {dims.Length} axes; {MaximumRank} are the most");
        long bytes = type.Size();
        try
        {
            // Strides of an empty tensor must fit as well: its other extents count as if none were 0.
            foreach (long d in dims) bytes = checked(bytes * Math.Max(d, 1));
            if (dims.Contains(0)) bytes = 0;
        }
        catch (OverflowException)
        {
            throw Broken($"tensor '{name}' is larger than any memory: [{string.Join(", ", dims)}]");
        }
        if (start > end || end - start != bytes) throw Broken($"tensor '{name}' takes {bytes} bytes by its shape, but its offsets are {start} to {end}");
        return (new TensorType(type, new Shape(dims)), start, end);
    }

    private long[] Numbers(string name, JsonElement list)
    {
        var numbers = new long[list.GetArrayLength()];
        int i = 0;
        foreach (JsonElement n in list.EnumerateArray())
        {
            if (!n.TryGetInt64(out long value) || value < 0) throw Broken($"tensor '{name}' has {n.GetRawText()} where a count is needed");
            numbers[i++] = value;
        }
        return numbers;
    }

    private void ReadAt(long at, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            int n;
            try
            {
                n = RandomAccess.Read(_file, destination, at);
            }
            catch (IOException e)
            {
                throw FileFaults.Reading(Path, e);
            }
            if (n == 0) throw Broken($"it ends at byte {at}, before its tensors do");
            destination = destination[n..];
            at += n;
        }
    }

    private InputException Broken(string what) => new(Path, $"this is no safetensors file that can be used: {(what.Length <= LongestFault ? what : what[..LongestFault] + "...")}.", "Restore the file, or take another checkpoint.");
}
