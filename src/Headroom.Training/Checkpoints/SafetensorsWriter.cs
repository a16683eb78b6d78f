using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Headroom.Evidence;

namespace Headroom.Training.Checkpoints;

/// <summary>Writes named tensors as a safetensors file, whole or not at all.</summary>
/// <remarks>https://huggingface.co/docs/safetensors: eight bytes of header length (little-endian), a JSON header, the tensors' bytes without gaps.
/// Tensors lie by falling element size, then by name, so that each is aligned to its own elements. The metadata <c>sha256</c> is the hash of all the tensors' bytes.</remarks>
public static class SafetensorsWriter
{
    /// <summary>The metadata that holds the hash of the tensors' bytes.</summary>
    public const string ChecksumKey = "sha256";

    private const int Chunk = 1 << 20;

    /// <param name="path">The file to make or replace.</param>
    /// <param name="tensors">In any order; names differ.</param>
    /// <param name="metadata">Texts for the header.</param>
    /// <exception cref="InputException">The disk is full or read-only, or the folder is missing.</exception>
    /// <exception cref="ArgumentException">Two tensors have one name, or the metadata claims the checksum's.</exception>
    public static void Write(string path, IEnumerable<SafetensorsEntry> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        SafetensorsEntry[] ordered = [.. tensors.OrderByDescending(t => Headroom.Graph.ElementTypes.Size(t.Type.Element)).ThenBy(t => t.Name, StringComparer.Ordinal)];
        HashSet<string> names = new(StringComparer.Ordinal) { SafetensorsFile.MetadataKey };
        foreach (SafetensorsEntry t in ordered) if (!names.Add(t.Name)) throw new ArgumentException($"the name '{t.Name}' is taken", nameof(tensors));
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SafetensorsEntry t in ordered) Each(t, hash.AppendData);
        byte[] header = Header(ordered, metadata, Convert.ToHexStringLower(hash.GetHashAndReset()));
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (SafetensorsEntry t in ordered) Each(t, stream.Write);
        });
    }

    private static void Each(SafetensorsEntry tensor, Action<ReadOnlySpan<byte>> use)
    {
        for (long at = 0; at < tensor.Type.Bytes; at += Chunk) use(tensor.Bytes(at, (int)Math.Min(Chunk, tensor.Type.Bytes - at)));
    }

    private static byte[] Header(SafetensorsEntry[] tensors, IReadOnlyDictionary<string, string>? metadata, string checksum)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject(SafetensorsFile.MetadataKey);
            SortedDictionary<string, string> texts = new(StringComparer.Ordinal) { [ChecksumKey] = checksum };
            foreach ((string key, string value) in metadata ?? new Dictionary<string, string>()) texts.Add(key, value);
            foreach ((string key, string value) in texts) json.WriteString(key, value);
            json.WriteEndObject();
            long at = 0;
            foreach (SafetensorsEntry t in tensors)
            {
                json.WriteStartObject(t.Name);
                json.WriteString("dtype", SafetensorsTypes.Name(t.Type.Element));
                json.WriteStartArray("shape");
                foreach (long d in t.Type.Shape.Dims) json.WriteNumberValue(d);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(at += t.Type.Bytes);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // Spaces behind the JSON bring the tensors to a multiple of eight bytes.
        while (stream.Length % 8 != 0) stream.WriteByte((byte)' ');
        return stream.ToArray();
    }
}
