using System.Runtime.InteropServices;

namespace Headroom.Runtime.Kernels;

/// <summary>Working memory of a thread of the pool, for what a kernel packs for its core alone: it stays with the thread and grows to the largest that was asked for.</summary>
internal sealed unsafe class ThreadScratch
{
    [ThreadStatic]
    private static ThreadScratch? own;

    private float* _data;
    private long _floats;

    private ThreadScratch() { }

    ~ThreadScratch() => NativeMemory.AlignedFree(_data);

    /// <summary>At least so many floats, on a cache line's edge; whatever the thread had before is lost.</summary>
    public static float* Floats(long count)
    {
        ThreadScratch scratch = own ??= new ThreadScratch();
        if (scratch._floats < count)
        {
            NativeMemory.AlignedFree(scratch._data);
            scratch._data = null;
            scratch._floats = 0;
            scratch._data = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64);
            scratch._floats = count;
        }
        return scratch._data;
    }
}
