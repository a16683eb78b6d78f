using System.Runtime.InteropServices;
using Headroom.Runtime.LibTorch;

namespace Headroom.Bench.FlatStep;

/// <summary>One range of memory for all buffers: each goes to the lowest gap that holds it and is given back at its last use, so every step uses the same pages and none is faulted in twice.</summary>
internal static unsafe class Arena
{
    const long Reserved = 16L << 30, Line = 64;
    static readonly byte* Start = (byte*)NativeMemory.AlignedAlloc(unchecked((nuint)Reserved), 4096); // pages become resident as they are touched
    static readonly SortedList<long, long> Taken = []; // offset to end

    /// <summary>The highest byte ever used.</summary>
    public static long Peak { get; private set; }

    public static void* Take(long bytes)
    {
        bytes = (bytes + Line - 1) / Line * Line;
        long offset = 0;
        foreach ((long begin, long end) in Taken)
        {
            if (begin - offset >= bytes) break;
            offset = end;
        }
        if (offset + bytes > Reserved) throw new InvalidOperationException($"{bytes} bytes do not fit into the arena");
        Taken.Add(offset, offset + bytes);
        Peak = Math.Max(Peak, offset + bytes);
        return Start + offset;
    }

    public static void Give(void* buffer)
    {
        if (!Taken.Remove((byte*)buffer - Start)) throw new InvalidOperationException("a buffer was given back twice");
    }
}

/// <summary>A buffer of the arena and its handle.</summary>
internal sealed unsafe class Buffer : IDisposable
{
    public Buffer(ScalarType type, params ReadOnlySpan<long> shape)
    {
        Elements = 1;
        foreach (long size in shape) Elements *= size;
        Type = type;
        Data = Arena.Take(Elements * type.Bytes());
        Tensor = Tensor.Wrap(Data, shape, type, Device.Cpu);
    }

    public void* Data { get; }

    public ScalarType Type { get; }

    public long Elements { get; }

    public Tensor Tensor { get; }

    public float* Floats => (float*)Data;

    public void Dispose()
    {
        Tensor.Dispose();
        Arena.Give(Data);
    }
}
