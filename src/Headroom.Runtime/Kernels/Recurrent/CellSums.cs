using System.Numerics;
using System.Runtime.CompilerServices;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Recurrent;

/// <summary>Sums of columns, optionally of products with a second matrix of a row as long as <see cref="With"/>'s; shared out by columns, so that the order of addition never changes.</summary>
internal unsafe struct CellSums<T> : IRangeKernel where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary><c>[rows, columns]</c>, and where the sums go.</summary>
    public byte* From, Into;

    /// <summary><c>[rows, columns]</c>, or null.</summary>
    public byte* With;

    public long Rows, Columns;

    /// <summary>Elements between rows of <see cref="From"/>; 0: <see cref="Columns"/>.</summary>
    public long Stride;

    /// <summary>Whether to add to what is there.</summary>
    public bool Add;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(long begin, long end)
    {
        T* into = (T*)Into, from = (T*)From, with = (T*)With;
        long stride = Stride == 0 ? Columns : Stride;
        if (!Add) for (long j = begin; j < end; j++) into[j] = T.Zero;
        for (long i = 0; i < Rows; i++)
            for (long j = begin; j < end; j++) into[j] += with == null ? from[i * stride + j] : from[i * stride + j] * with[i * Columns + j];
    }
}
