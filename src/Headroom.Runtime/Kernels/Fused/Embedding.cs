using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>Rows of a table by index, and the gradient that adds each row back to where it came from.</summary>
/// <remarks>ONNX <c>Gather</c> on axis 0. Indices are checked by the caller, once, where they come in.</remarks>
public static unsafe class Embedding
{
    /// <summary><c>output[r] = table[indices[r]] + positions[r mod period]</c>.</summary>
    /// <param name="table">fp32 <c>[entries, width]</c>.</param>
    /// <param name="indices"><c>[rows]</c>, each within the table.</param>
    /// <param name="positions">fp32 <c>[period, width]</c>, or null.</param>
    /// <param name="period">Length of a sequence.</param>
    /// <param name="output"><c>[rows, width]</c>.</param>
    /// <param name="type">Storage of the output.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="width">Width.</param>
    public static void Forward(float* table, long* indices, float* positions, long period, void* output, ScalarType type, long rows, long width)
    {
        if (Storage.IsBF16(type)) Workers.For(new ForwardKernel<BF16> { Table = table, Indices = indices, Positions = positions, Period = period, Output = output, Width = width }, rows, 16);
        else Workers.For(new ForwardKernel<F32> { Table = table, Indices = indices, Positions = positions, Period = period, Output = output, Width = width }, rows, 16);
    }

    /// <summary><c>table[indices[r]] += gradient[r]</c>, in the order of the rows, whatever the threads: each takes its own columns.</summary>
    /// <param name="gradient"><c>[rows, width]</c>.</param>
    /// <param name="type">Storage of the gradient.</param>
    /// <param name="indices"><c>[rows]</c>; null adds row r to entry <c>r mod period</c>, as position embeddings want.</param>
    /// <param name="period">Length of a sequence, where there are no indices.</param>
    /// <param name="table">fp32 <c>[entries, width]</c>, added to.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="width">Width.</param>
    public static void Accumulate(void* gradient, ScalarType type, long* indices, long period, float* table, long rows, long width)
    {
        long blocks = (width + 15) / 16;
        if (Storage.IsBF16(type)) Workers.For(new AccumulateKernel<BF16> { G = gradient, Indices = indices, Period = period, Table = table, Rows = rows, Width = width }, blocks);
        else Workers.For(new AccumulateKernel<F32> { G = gradient, Indices = indices, Period = period, Table = table, Rows = rows, Width = width }, blocks);
    }

    struct ForwardKernel<T> : IRangeKernel where T : struct, IElement
    {
        public float* Table, Positions;
        public long* Indices;
        public void* Output;
        public long Period, Width;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            if (Width % 16 == 0) EachRow<Whole>(begin, end);
            else EachRow<Ragged>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void EachRow<S>(long begin, long end) where S : struct, IEnding
        {
            for (long row = begin; row < end; row++)
            {
                float* entry = Table + Indices[row] * Width, position = Positions == null ? null : Positions + row % Period * Width;
                byte* output = (byte*)Output + row * Width * T.Bytes;
                for (long i = 0; i < Width; i += 16)
                {
                    Vector512<float> v = F32.Load<S>(entry, i, Width);
                    T.Store<S>(output, i, Width, position == null ? v : v + F32.Load<S>(position, i, Width));
                }
            }
        }
    }

    struct AccumulateKernel<T> : IRangeKernel where T : struct, IElement
    {
        public void* G;
        public long* Indices;
        public float* Table;
        public long Rows, Width, Period;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            if (Width % 16 == 0) EachRow<Whole>(begin, end);
            else EachRow<Ragged>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void EachRow<S>(long begin, long end) where S : struct, IEnding
        {
            long n = Math.Min(end * 16, Width);
            for (long row = 0; row < Rows; row++)
            {
                byte* g = (byte*)G + row * Width * T.Bytes;
                float* entry = Table + (Indices == null ? row % Period : Indices[row]) * Width;
                for (long i = begin * 16; i < n; i += 16) F32.Store<S>(entry, i, n, F32.Load<S>(entry, i, n) + T.Load<S>(g, i, n));
            }
        }
    }
}
