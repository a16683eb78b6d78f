using System.Runtime.Intrinsics;
using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Optimizers;

/// <summary>Muon's passes over a matrix, element by element; the same bits for any number of threads.</summary>
internal static unsafe class MuonPasses
{
    private const long Chunk = 1 << 16;

    /// <summary>Partial sums that <see cref="Gather"/> needs room for.</summary>
    public static long Chunks(long elements) => (elements + Chunk - 1) / Chunk;

    /// <summary><c>b = μ b + g</c>, <c>x = g + μ b</c> (or b, without Nesterov's form); gives the Euclidean norm of x.</summary>
    public static double Gather(float* x, float* momentum, byte* gradient, ScalarType type, long count, double* sums, double mu, bool nesterov, double scale)
    {
        var work = new Work { X = x, Momentum = momentum, Gradient = gradient, Count = count, Sums = sums, Mu = (float)mu, Scale = (float)scale, Nesterov = nesterov };
        long chunks = Chunks(count);
        if (Storage.IsBF16(type)) Workers.For(new Gathering<BF16> { W = work }, chunks);
        else Workers.For(new Gathering<F32> { W = work }, chunks);
        double total = 0;
        for (long i = 0; i < chunks; i++) total += sums[i];
        return Math.Sqrt(total);
    }

    /// <summary><c>to = keep · to + add · x</c>.</summary>
    public static void Combine(float* to, float* x, long count, float keep, float add)
        => Workers.For(new Combining { To = to, X = x, Count = count, Keep = keep, Add = add }, (count + 15) / 16, 256);

    private struct Work
    {
        public float* X, Momentum;
        public byte* Gradient;
        public long Count;
        public double* Sums;
        public float Mu, Scale;
        public bool Nesterov;
    }

    private struct Gathering<T> : IRangeKernel where T : struct, IElement
    {
        public Work W;

        public readonly void Run(long begin, long end)
        {
            Vector512<float> mu = Vector512.Create(W.Mu), scale = Vector512.Create(W.Scale);
            for (long chunk = begin; chunk < end; chunk++)
            {
                long n = Math.Min((chunk + 1) * Chunk, W.Count);
                Vector512<double> low = Vector512<double>.Zero, high = low;
                for (long i = chunk * Chunk; i < n; i += 16)
                {
                    Vector512<float> g = T.Load<Ragged>(W.Gradient, i, n) * scale, b = Vector512.FusedMultiplyAdd(mu, F32.Load<Ragged>(W.Momentum, i, n), g);
                    F32.Store<Ragged>(W.Momentum, i, n, b);
                    Vector512<float> x = W.Nesterov ? Vector512.FusedMultiplyAdd(mu, b, g) : b;
                    F32.Store<Ragged>(W.X, i, n, x);
                    (Vector512<double> l, Vector512<double> h) = Vector512.Widen(x);
                    low += l * l;
                    high += h * h;
                }
                W.Sums[chunk] = Vector512.Sum(low + high);
            }
        }
    }

    private struct Combining : IRangeKernel
    {
        public float* To, X;
        public long Count;
        public float Keep, Add;

        public readonly void Run(long begin, long end)
        {
            Vector512<float> keep = Vector512.Create(Keep), add = Vector512.Create(Add);
            long n = Math.Min(end * 16, Count);
            for (long i = begin * 16; i < n; i += 16)
                F32.Store<Ragged>(To, i, n, Vector512.FusedMultiplyAdd(add, F32.Load<Ragged>(X, i, n), keep * F32.Load<Ragged>(To, i, n)));
        }
    }
}
