using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Headroom.Data;

/// <summary>SHA-256 over values written in one canonical form: little-endian, each text and byte run with its length before it.</summary>
public sealed class HashWriter : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] buffer = new byte[16 * 1024];
    private int used;

    public void Add(long value)
    {
        Reserve(8);
        BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(used), value);
        used += 8;
    }

    /// <summary>Adds a text; null differs from the empty text.</summary>
    public void Add(string? text)
    {
        if (text is null)
        {
            Add(-1L);
            return;
        }
        var length = Encoding.UTF8.GetByteCount(text);
        Add(length);
        if (length <= buffer.Length)
        {
            Reserve(length);
            used += Encoding.UTF8.GetBytes(text, buffer.AsSpan(used));
        }
        else
        {
            Flush();
            hash.AppendData(Encoding.UTF8.GetBytes(text));
        }
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        Flush();
        hash.AppendData(bytes);
    }

    /// <summary>The hash of all that was added, after which the writer starts anew.</summary>
    public byte[] Finish()
    {
        Flush();
        return hash.GetHashAndReset();
    }

    public void Dispose() => hash.Dispose();

    private void Reserve(int bytes)
    {
        if (used + bytes > buffer.Length)
        {
            Flush();
        }
    }

    private void Flush()
    {
        hash.AppendData(buffer, 0, used);
        used = 0;
    }
}
