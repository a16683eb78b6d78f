using System.Runtime.Intrinsics;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Optimizers;

/// <summary>A partial sum in fp64 for each chunk of fixed size, added up in the chunks' order: the same bits for any number of threads.</summary>
internal sealed unsafe class GlobalNormKernel : Kernel<GlobalNorm>
{
    private const long Chunk = 1 << 16;

    protected override long Workspace(GlobalNorm op, Signature s)
    {
        long chunks = 0;
        for (int i = 0; i < s.InputCount; i++) chunks = Math.Max(chunks, Chunks(s.Input(i).Elements));
        return Math.Max(1, chunks) * sizeof(double);
    }

    protected override void Run(GlobalNorm op, KernelContext c)
    {
        double total = 0;
        var partial = (double*)c.Workspace;
        for (int i = 0; i < c.Signature.InputCount; i++)
        {
            long count = c.Signature.Input(i).Elements, chunks = Chunks(count);
            if (c.Signature.Input(i).Element == ElementType.BFloat16) Workers.For(new Squares<BF16> { Data = c.In<byte>(i), Count = count, Sums = partial }, chunks);
            else Workers.For(new Squares<F32> { Data = c.In<byte>(i), Count = count, Sums = partial }, chunks);
            for (long k = 0; k < chunks; k++) total += partial[k];
        }
        *c.Out<float>(0) = (float)Math.Sqrt(total);
    }

    private static long Chunks(long elements) => (elements + Chunk - 1) / Chunk;

    private struct Squares<T> : IRangeKernel where T : struct, IElement
    {
        public byte* Data;
        public long Count;
        public double* Sums;

        public readonly void Run(long begin, long end)
        {
            for (long chunk = begin; chunk < end; chunk++)
            {
                long n = Math.Min((chunk + 1) * Chunk, Count);
                Vector512<double> low = Vector512<double>.Zero, high = low;
                for (long i = chunk * Chunk; i < n; i += 16)
                {
                    (Vector512<double> a, Vector512<double> b) = Vector512.Widen(T.Load<Ragged>(Data, i, n));
                    low += a * a;
                    high += b * b;
                }
                Sums[chunk] = Vector512.Sum(low + high);
            }
        }
    }
}

internal sealed class ClipScaleKernel : Kernel<ClipScale>
{
    protected override unsafe void Run(ClipScale op, KernelContext c)
    {
        float norm = c.Scalar<float>(0);
        *c.Out<float>(0) = float.IsNaN(norm) ? norm : (float)Math.Min(1, op.MaxNorm / (norm + 1e-6));
    }
}
