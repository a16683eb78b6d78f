using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Kernels.Attention;

/// <summary>A head's row after the other goes to its place.</summary>
internal sealed unsafe class CacheAppendKernel : Kernel<CacheAppend>
{
    protected override void Run(CacheAppend op, KernelContext c)
    {
        if (c.Output(0).Data != c.Input(0).Data) c.Output(0).CopyFrom(c.Input(0));
        Shape cache = c.Signature.Input(0).Shape, rows = c.Signature.Input(1).Shape;
        (long batch, long heads, long capacity, long width) = (cache[0], cache[1], cache[2], cache[3]);
        long* positions = c.In<long>(2);
        long count = CachePositions.Check(c, 2, 3, capacity);
        bool packed = rows.Rank == 3;
        ReadOnlySpan<long> s = c.Input(1).Strides;
        long one = packed ? s[2] : s[3], head = packed ? width * one : s[1], token = packed ? s[1] : s[2];
        int size = c.Signature.Input(0).Element.Size();
        byte* from = c.In<byte>(1), to = c.Out<byte>(0);
        for (long b = 0; b < batch; b++)
            for (long h = 0; h < heads; h++)
                for (long t = 0; t < count; t++)
                {
                    byte* source = from + (b * s[0] + h * head + t * token) * size, target = to + ((b * heads + h) * capacity + positions[t]) * width * size;
                    if (one == 1) Buffer.MemoryCopy(source, target, width * size, width * size);
                    else for (long i = 0; i < width; i++) Buffer.MemoryCopy(source + i * one * size, target + i * size, size, size);
                }
    }
}

/// <summary>What the kernels of a cache read beside it.</summary>
internal static unsafe class CachePositions
{
    /// <summary>How many rows count, their positions being checked.</summary>
    /// <exception cref="GraphException">A position is outside the cache; the node is named.</exception>
    public static long Check(KernelContext c, int positions, int last, long capacity)
    {
        long count = c.Signature.Input(positions).Elements;
        if (c.Has(last))
        {
            long end = *c.In<long>(last);
            if (end < 0 || end >= count) throw GraphException.At(c.Node, $"row {end} is to be the last of {count}");
            count = end + 1;
        }
        long* at = c.In<long>(positions);
        for (long t = 0; t < count; t++)
            if (at[t] < 0 || at[t] >= capacity) throw GraphException.At(c.Node, $"position {at[t]} is outside the cache, which has room for {capacity}");
        return count;
    }
}
