using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Normalization;

/// <summary>Normalization of rows, with or without their mean taken off: root-mean-square normalization, and layer normalization where the fused kernel doesn't serve. Parameters and statistics are in the computed type (<see cref="Lanes.Computed"/>).</summary>
internal static unsafe class RowNorm
{
    /// <summary>Pointers to <c>[rows, columns]</c> and their parameters.</summary>
    public struct Work
    {
        public byte* X, Y, Dy, Dx;

        /// <summary>Scale and bias (or null) of a row; <see cref="Step"/> elements on stand those of the next: 0 where all rows share them.</summary>
        public void* Scale, Bias;

        public long Step;

        /// <summary>Statistics of each row; null where nobody wants or has them.</summary>
        public void* Mean, Inverse;

        /// <summary>Gradients of scale and bias, or null.</summary>
        public void* ScaleGradient, BiasGradient;

        public long Rows, Columns;
        public double Epsilon;
        public bool Centred;
    }

    public static void Forward(Work work, ElementType element) => Lanes.Run(element, new ForwardWork { W = work });

    /// <summary>dx, and the parameters' gradients; <see cref="Work.Step"/> must be 0.</summary>
    public static void Backward(Work work, ElementType element) => Lanes.Run(element, new BackwardWork { W = work });

    private struct ForwardWork : ILanesWork
    {
        public Work W;

        public readonly void Run<T, C>() where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
            => Workers.For(new ForwardKernel<T, C> { W = W }, W.Rows, Math.Max(1, (1 << 13) / W.Columns));
    }

    private struct ForwardKernel<T, C> : IRangeKernel where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            Work w = W;
            long n = w.Columns;
            int lanes = Vector512<C>.Count;
            for (long row = begin; row < end; row++)
            {
                byte* x = w.X + row * n * T.Bytes, y = w.Y + row * n * T.Bytes;
                C* scale = (C*)w.Scale + row * w.Step, bias = w.Bias == null ? null : (C*)w.Bias + row * w.Step;
                (C mean, C inverse) = Lanes.Statistics<T, C>(x, n, w.Epsilon, w.Centred);
                if (w.Mean != null) ((C*)w.Mean)[row] = mean;
                if (w.Inverse != null) ((C*)w.Inverse)[row] = inverse;
                Vector512<C> m = Vector512.Create(mean), r = Vector512.Create(inverse);
                long i = 0;
                for (; i + lanes <= n; i += lanes)
                {
                    Vector512<C> v = (T.Load(x + i * T.Bytes) - m) * r * Vector512.Load(scale + i);
                    T.Store(y + i * T.Bytes, bias == null ? v : v + Vector512.Load(bias + i));
                }
                for (; i < n; i++)
                {
                    C v = (T.Get(x + i * T.Bytes, 0) - mean) * inverse * scale[i];
                    T.Set(y + i * T.Bytes, 0, bias == null ? v : v + bias[i]);
                }
            }
        }
    }

    private struct BackwardWork : ILanesWork
    {
        public Work W;

        public readonly void Run<T, C>() where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
        {
            // Column sums of each part of the rows, added up in the parts' order: the same bits for a fixed number of threads.
            long parts = Math.Clamp(W.Rows / 8, 1, Workers.Pieces), stride = (W.Columns + 31) / 16 * 16;
            nuint bytes = (nuint)(parts * 2 * stride * sizeof(C));
            byte* sums = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
            NativeMemory.Clear(sums, bytes);
            Workers.For(new BackwardKernel<T, C> { W = W, Sums = sums, Parts = parts, Stride = stride }, parts);
            for (int kind = 0; kind < 2; kind++)
            {
                C* into = (C*)(kind == 0 ? W.ScaleGradient : W.BiasGradient);
                if (into == null) continue;
                for (long i = 0; i < W.Columns; i++)
                {
                    C sum = C.Zero;
                    for (long part = 0; part < parts; part++) sum += ((C*)sums)[(part * 2 + kind) * stride + i];
                    into[i] = sum;
                }
            }
            NativeMemory.AlignedFree(sums);
        }
    }

    private struct BackwardKernel<T, C> : IRangeKernel where T : struct, ILanes<C> where C : unmanaged, IBinaryFloatingPointIeee754<C>
    {
        public Work W;
        public byte* Sums;
        public long Parts, Stride;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            for (long part = begin; part < end; part++)
            {
                C* scaleSums = (C*)Sums + part * 2 * Stride, biasSums = scaleSums + Stride;
                for (long row = W.Rows * part / Parts; row < W.Rows * (part + 1) / Parts; row++) Row(row, scaleSums, biasSums);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Row(long row, C* scaleSums, C* biasSums)
        {
            Work w = W;
            long n = w.Columns, i = 0;
            int lanes = Vector512<C>.Count;
            byte* x = w.X + row * n * T.Bytes, dy = w.Dy + row * n * T.Bytes;
            C* scale = (C*)w.Scale;
            (C mean, C inverse) = w.Inverse != null ? (w.Mean == null ? C.Zero : ((C*)w.Mean)[row], ((C*)w.Inverse)[row]) : Lanes.Statistics<T, C>(x, n, w.Epsilon, w.Centred);
            Vector512<C> m = Vector512.Create(mean), r = Vector512.Create(inverse), sums = Vector512<C>.Zero, dots = sums;
            for (; i + lanes <= n; i += lanes)
            {
                Vector512<C> d = T.Load(dy + i * T.Bytes), normal = (T.Load(x + i * T.Bytes) - m) * r, g = d * Vector512.Load(scale + i);
                (Vector512.Load(scaleSums + i) + d * normal).Store(scaleSums + i);
                (Vector512.Load(biasSums + i) + d).Store(biasSums + i);
                sums += g;
                dots += g * normal;
            }
            C sum = Vector512.Sum(sums), dot = Vector512.Sum(dots), count = C.CreateChecked(n);
            for (; i < n; i++)
            {
                C d = T.Get(dy + i * T.Bytes, 0), normal = (T.Get(x + i * T.Bytes, 0) - mean) * inverse, g = d * scale[i];
                scaleSums[i] += d * normal;
                biasSums[i] += d;
                sum += g;
                dot += g * normal;
            }
            if (w.Dx == null) return;
            sum = w.Centred ? sum / count : C.Zero;
            dot /= count;
            byte* dx = w.Dx + row * n * T.Bytes;
            Vector512<C> a = Vector512.Create(sum), b = Vector512.Create(dot);
            for (i = 0; i + lanes <= n; i += lanes)
            {
                Vector512<C> normal = (T.Load(x + i * T.Bytes) - m) * r, g = T.Load(dy + i * T.Bytes) * Vector512.Load(scale + i);
                T.Store(dx + i * T.Bytes, r * (g - a - normal * b));
            }
            for (; i < n; i++)
            {
                C normal = (T.Get(x + i * T.Bytes, 0) - mean) * inverse;
                T.Set(dx + i * T.Bytes, 0, inverse * (T.Get(dy + i * T.Bytes, 0) * scale[i] - sum - normal * dot));
            }
        }
    }
}
