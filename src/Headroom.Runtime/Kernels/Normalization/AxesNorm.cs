using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Normalization;

/// <summary>
/// Normalization over any axes, in fp64 one element at a time: mean-variance normalization, and batch normalization where libtorch's doesn't serve. Places that share their statistics are a set.
/// </summary>
internal static unsafe class AxesNorm
{
    /// <summary>Sets and the places of each, as offsets: a set's first element, then runs of neighbours.</summary>
    public sealed class Sets
    {
        /// <param name="x">The tensor.</param>
        /// <param name="reduced">The axes that the statistics run over.</param>
        public Sets(Shape x, ReadOnlySpan<bool> reduced)
        {
            long[] strides = x.Strides();
            int inner = x.Rank;
            while (inner > 0 && reduced[inner - 1]) inner--;
            Run = new Shape(x.Dims[inner..]).Elements;
            List<int> kept = [], outer = [];
            for (int i = 0; i < inner; i++) (reduced[i] ? outer : kept).Add(i);
            First = Offsets(x, strides, kept);
            Runs = Offsets(x, strides, outer);
        }

        public long[] First { get; }

        public long[] Runs { get; }

        /// <summary>Elements of a run.</summary>
        public long Run { get; }

        private static long[] Offsets(Shape x, long[] strides, List<int> axes)
        {
            long count = x.Elements == 0 ? 0 : 1;
            foreach (int axis in axes) count *= x[axis];
            var offsets = new long[count];
            for (long i = 0; i < count; i++)
            {
                long rest = i;
                for (int k = axes.Count - 1; k >= 0; k--)
                {
                    offsets[i] += rest % x[axes[k]] * strides[axes[k]];
                    rest /= x[axes[k]];
                }
            }
            return offsets;
        }
    }

    public struct Work
    {
        public byte* X, Y, Dy, Dx;

        /// <summary>Of each set, or null: 1 and 0.</summary>
        public double* Scale, Bias;

        /// <summary>Of each set: given where <see cref="Known"/>, else written where not null.</summary>
        public double* Mean, Variance;

        public double* ScaleGradient, BiasGradient;

        /// <summary>Statistics are given and have no gradient.</summary>
        public bool Known;

        /// <summary>Divide by the deviation plus ε, not by the root of the variance plus ε.</summary>
        public bool Outside;

        public double Epsilon;
    }

    public static void Forward(Work work, Sets sets, ElementType element) => Run(work, sets, element, backward: false);

    public static void Backward(Work work, Sets sets, ElementType element) => Run(work, sets, element, backward: true);

    private static void Run(Work work, Sets sets, ElementType element, bool backward)
    {
        switch (element)
        {
            case ElementType.Float32: Run<Float32Scalar>(work, sets, backward); break;
            case ElementType.BFloat16: Run<BFloat16Scalar>(work, sets, backward); break;
            case ElementType.Float16: Run<Float16Scalar>(work, sets, backward); break;
            default: Run<Float64Scalar>(work, sets, backward); break;
        }
    }

    private static void Run<T>(Work work, Sets sets, bool backward) where T : struct, IScalar
    {
        fixed (long* first = sets.First, runs = sets.Runs)
            Workers.For(new Kernel<T> { W = work, First = first, Runs = runs, Count = sets.Runs.LongLength, Length = sets.Run, Back = backward }, sets.First.LongLength);
    }

    private struct Kernel<T> : IRangeKernel where T : struct, IScalar
    {
        public Work W;
        public long* First, Runs;
        public long Count, Length;
        public bool Back;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            Work w = W;
            for (long set = begin; set < end; set++)
            {
                long first = First[set];
                (double mean, double variance) = w.Known ? (w.Mean[set], w.Variance[set]) : Statistics(first);
                if (!w.Known && w.Mean != null) w.Mean[set] = mean;
                if (!w.Known && w.Variance != null) w.Variance[set] = variance;
                double deviation = w.Outside ? Math.Sqrt(variance) : Math.Sqrt(variance + w.Epsilon), inverse = 1 / (w.Outside ? deviation + w.Epsilon : deviation);
                double scale = w.Scale == null ? 1 : w.Scale[set];
                if (Back) Backward(set, first, mean, deviation, inverse, scale);
                else if (w.Y != null)
                {
                    double bias = w.Bias == null ? 0 : w.Bias[set];
                    for (long k = 0; k < Count; k++)
                        for (long i = first + Runs[k], last = i + Length; i < last; i++) T.Write(w.Y, i, (T.Read(w.X, i) - mean) * inverse * scale + bias);
                }
            }
        }

        private readonly (double Mean, double Variance) Statistics(long first)
        {
            double sum = 0, squares = 0, n = (double)Count * Length;
            for (long k = 0; k < Count; k++)
                for (long i = first + Runs[k], last = i + Length; i < last; i++) sum += T.Read(W.X, i);
            double mean = n == 0 ? 0 : sum / n;
            for (long k = 0; k < Count; k++)
                for (long i = first + Runs[k], last = i + Length; i < last; i++)
                {
                    double d = T.Read(W.X, i) - mean;
                    squares += d * d;
                }
            return (mean, n == 0 ? 0 : squares / n);
        }

        private readonly void Backward(long set, long first, double mean, double deviation, double inverse, double scale)
        {
            Work w = W;
            double sum = 0, dot = 0, n = (double)Count * Length;
            for (long k = 0; k < Count; k++)
                for (long i = first + Runs[k], last = i + Length; i < last; i++)
                {
                    double dy = T.Read(w.Dy, i);
                    sum += dy;
                    dot += dy * ((T.Read(w.X, i) - mean) * inverse);
                }
            if (w.ScaleGradient != null) w.ScaleGradient[set] = dot;
            if (w.BiasGradient != null) w.BiasGradient[set] = sum;
            if (w.Dx == null) return;
            // Fixed statistics are constants: nothing flows through them.
            double a = w.Known ? 0 : sum / n, b = w.Known || deviation == 0 ? 0 : dot / n / deviation;
            for (long k = 0; k < Count; k++)
                for (long i = first + Runs[k], last = i + Length; i < last; i++) T.Write(w.Dx, i, scale * inverse * (T.Read(w.Dy, i) - a - (T.Read(w.X, i) - mean) * b));
        }
    }
}
