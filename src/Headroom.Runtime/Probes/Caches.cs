using System.Runtime.InteropServices;

namespace Headroom.Runtime.Probes;

/// <summary>The processor's caches, to be filled with something else before a measurement.</summary>
internal static unsafe class Caches
{
    // What a core can see of the last cache of today's processors.
    private const int Bytes = 32 << 20, Line = 64;
    private static readonly byte* Block = (byte*)NativeMemory.AllocZeroed(Bytes);

    /// <summary>Reads through a block as large as the last cache, so that little of what was there before is left.</summary>
    public static void Evict()
    {
        long sum = 0;
        for (int i = 0; i < Bytes; i += Line) sum += Block[i]++;
        Sink = sum;
    }

    private static long Sink { get; set; }
}
