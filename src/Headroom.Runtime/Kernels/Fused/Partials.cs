using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>Running column sums, one set for each part of the rows, added up in the parts' order: the same bits for a fixed number of threads.</summary>
internal unsafe struct Partials : IDisposable
{
    readonly long rows, columns, stride;
    readonly int kinds;
    float* memory;

    /// <param name="rows">Rows to share out.</param>
    /// <param name="columns">Columns of each sum.</param>
    /// <param name="kinds">How many sums each part keeps.</param>
    /// <param name="grain">The fewest rows worth a part.</param>
    public Partials(long rows, long columns, int kinds = 1, long grain = 32)
    {
        this.rows = rows;
        this.columns = columns;
        this.kinds = kinds;
        stride = (columns + 31) / 16 * 16; // a cache line between two parts
        Count = (int)Math.Clamp(rows / grain, 1, Workers.Pieces);
        nuint bytes = (nuint)(Count * kinds * stride * sizeof(float));
        memory = (float*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(memory, bytes);
    }

    /// <summary>The parts.</summary>
    public int Count { get; }

    public readonly float* At(long part, int kind) => memory + (part * kinds + kind) * stride;

    public readonly (long First, long Last) RowsOf(long part) => (rows * part / Count, rows * (part + 1) / Count);

    /// <summary>Adds the parts of one kind up.</summary>
    public readonly void Into(int kind, float* sums, bool accumulate = false)
    {
        if (sums == null) return;
        for (long i = 0; i < columns; i += 16)
        {
            Vector512<float> total = accumulate ? F32.Load<Ragged>(sums, i, columns) : Vector512<float>.Zero;
            for (int part = 0; part < Count; part++) total += F32.Load<Ragged>(At(part, kind), i, columns);
            F32.Store<Ragged>(sums, i, columns, total);
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(memory);
        memory = null;
    }
}
