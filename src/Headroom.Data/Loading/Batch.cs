using System.Runtime.InteropServices;
using Headroom.Data.Tables;

namespace Headroom.Data.Loading;

/// <summary>Some rows of a table: for each field one contiguous buffer. Dispose it as soon as it is used up: its buffers then serve another batch.</summary>
public sealed class Batch : IDisposable
{
    private readonly byte[][] buffers;
    private readonly int[] rows;
    private readonly IReadOnlyList<Field> fields;
    private readonly Action<Batch> giveBack;
    private int live;

    internal Batch(IReadOnlyList<Field> fields, int size, Action<Batch> giveBack)
    {
        (this.fields, this.giveBack) = (fields, giveBack);
        rows = new int[size];
        buffers = [.. fields.Select(f => GC.AllocateUninitializedArray<byte>(checked(f.RowBytes * size), pinned: true))];
    }

    /// <summary>The epoch and the batch's place in it.</summary>
    public LoaderPosition Position { get; private set; }

    /// <summary>The rows of the table in it, without padding.</summary>
    public ReadOnlySpan<int> Rows => rows.AsSpan(0, Count);

    /// <summary>Real rows.</summary>
    public int Count { get; private set; }

    /// <summary>Rows with padding: the first dimension of every field's tensor.</summary>
    public int Size { get; private set; }

    /// <summary>The bytes of a field's tensor, <c>[size, row shape]</c>; pinned, so that native code may read them until the batch is disposed.</summary>
    public ReadOnlySpan<byte> Bytes(int field)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref live) == 0, this);
        return buffers[field].AsSpan(0, fields[field].RowBytes * Size);
    }

    /// <summary>A Float32 field's tensor.</summary>
    public ReadOnlySpan<float> Floats(int field) => MemoryMarshal.Cast<byte, float>(Typed(field, FieldType.Float32));

    /// <summary>An Int64 field's tensor.</summary>
    public ReadOnlySpan<long> Longs(int field) => MemoryMarshal.Cast<byte, long>(Typed(field, FieldType.Int64));

    /// <summary>Gives the buffers back; spans of it must not be used any more.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref live, 0) == 1)
        {
            giveBack(this);
        }
    }

    internal void Fill(TensorTable table, ReadOnlySpan<int> chosen, int size, LoaderPosition position)
    {
        (Count, Size, Position) = (chosen.Length, size, position);
        chosen.CopyTo(rows);
        rows.AsSpan(Count, size - Count).Fill(chosen[^1]);
        for (var f = 0; f < buffers.Length; f++)
        {
            table.CopyRows(rows.AsSpan(0, size), f, buffers[f]);
        }
        Volatile.Write(ref live, 1);
    }

    private ReadOnlySpan<byte> Typed(int field, FieldType type) => fields[field].Type == type ? Bytes(field)
        : throw new InvalidOperationException($"Field '{fields[field].Name}' holds {fields[field].Type}, not {type}.");
}
