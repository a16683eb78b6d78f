using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>A bias and the activation behind it, <c>z = x + bias; y = activation(z)</c>, and the gradient with the bias's, each in one visit.</summary>
public static unsafe class BiasActivation
{
    /// <summary><c>z = x + bias; y = activation(z)</c>.</summary>
    /// <param name="form">The activation.</param>
    /// <param name="x"><c>[rows, columns]</c>.</param>
    /// <param name="bias">fp32 <c>[columns]</c>, or null: z is x.</param>
    /// <param name="z"><c>[rows, columns]</c>, written, or null; may be <paramref name="x"/>. What a Gelu's gradient needs.</param>
    /// <param name="y"><c>[rows, columns]</c>, written, or null; may be <paramref name="x"/>.</param>
    /// <param name="type">Storage of x, y and z.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    public static void Forward(ActivationForm form, void* x, float* bias, void* z, void* y, ScalarType type, long rows, long columns)
    {
        var work = new Work { X = x, Bias = bias, Z = z, Y = y, Columns = columns };
        switch (form)
        {
            case ActivationForm.Relu: Forward<Rectifier>(work, type, rows); break;
            case ActivationForm.Gelu: Forward<ExactGelu>(work, type, rows); break;
            default: Forward<TanhGelu>(work, type, rows); break;
        }
    }

    /// <summary><c>dx = dy · activation'(z)</c>, and its column sums.</summary>
    /// <param name="form">The activation.</param>
    /// <param name="kept"><c>[rows, columns]</c>: z before a Gelu, y behind a ReLU.</param>
    /// <param name="dy"><c>[rows, columns]</c>.</param>
    /// <param name="dx"><c>[rows, columns]</c>, written, or null; may be <paramref name="dy"/>.</param>
    /// <param name="type">Storage.</param>
    /// <param name="biasGradient">fp32 <c>[columns]</c>, written, or null.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="again">Null, or where <c>y</c> is written once more; may be <paramref name="kept"/>: then y need not have lived since the forward pass.</param>
    public static void Backward(ActivationForm form, void* kept, void* dy, void* dx, ScalarType type, float* biasGradient, long rows, long columns, void* again = null)
    {
        using var parts = new Partials(rows, columns, grain: 8);
        var work = new Work { X = kept, Dy = dy, Dx = dx, Y = again, Sum = biasGradient != null, Columns = columns, Parts = parts };
        switch (form)
        {
            case ActivationForm.Relu: Backward<Rectifier>(work, type); break;
            case ActivationForm.Gelu: Backward<ExactGelu>(work, type); break;
            default: Backward<TanhGelu>(work, type); break;
        }
        parts.Into(0, biasGradient);
    }

    private static void Forward<A>(Work work, ScalarType type, long rows) where A : struct, IActivation
    {
        if (Storage.IsBF16(type)) Workers.For(new ForwardKernel<BF16, A> { W = work }, rows, 8);
        else Workers.For(new ForwardKernel<F32, A> { W = work }, rows, 8);
    }

    private static void Backward<A>(Work work, ScalarType type) where A : struct, IActivation
    {
        if (Storage.IsBF16(type)) Workers.For(new BackwardKernel<BF16, A> { W = work }, work.Parts.Count);
        else Workers.For(new BackwardKernel<F32, A> { W = work }, work.Parts.Count);
    }

    private struct Work
    {
        public void* X, Z, Y, Dy, Dx;
        public float* Bias;
        public bool Sum;
        public long Columns;
        public Partials Parts;
    }

    private struct ForwardKernel<T, A> : IRangeKernel where T : struct, IElement where A : struct, IActivation
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            if (W.Columns % 16 == 0) EachRow<Whole>(begin, end);
            else EachRow<Ragged>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void EachRow<S>(long begin, long end) where S : struct, IEnding
        {
            Work w = W; // in registers: through this, every store might change it
            long n = w.Columns;
            for (long row = begin; row < end; row++)
            {
                long at = row * n * T.Bytes;
                byte* x = (byte*)w.X + at, y = w.Y == null ? null : (byte*)w.Y + at, z = w.Z == null ? null : (byte*)w.Z + at;
                for (long i = 0; i < n; i += 16)
                {
                    Vector512<float> v = T.Load<S>(x, i, n);
                    if (w.Bias != null) v += F32.Load<S>(w.Bias, i, n);
                    if (z != null) T.Store<S>(z, i, n, v);
                    if (y != null) T.Store<S>(y, i, n, A.Value(v));
                }
            }
        }
    }

    private struct BackwardKernel<T, A> : IRangeKernel where T : struct, IElement where A : struct, IActivation
    {
        public Work W;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            if (W.Columns % 16 == 0) EachRow<Whole>(begin, end);
            else EachRow<Ragged>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void EachRow<S>(long begin, long end) where S : struct, IEnding
        {
            Work w = W;
            long n = w.Columns;
            for (long part = begin; part < end; part++)
            {
                float* sums = w.Parts.At(part, 0);
                (long first, long last) = w.Parts.RowsOf(part);
                for (long row = first; row < last; row++)
                {
                    long at = row * n * T.Bytes;
                    byte* kept = (byte*)w.X + at, dy = (byte*)w.Dy + at, dx = w.Dx == null ? null : (byte*)w.Dx + at, again = w.Y == null ? null : (byte*)w.Y + at;
                    for (long i = 0; i < n; i += 16)
                    {
                        Vector512<float> d = A.Gradient(T.Load<S>(dy, i, n), T.Load<S>(kept, i, n), out Vector512<float> y);
                        if (dx != null) T.Store<S>(dx, i, n, d);
                        if (again != null) T.Store<S>(again, i, n, y);
                        if (w.Sum) F32.Store<S>(sums, i, n, F32.Load<S>(sums, i, n) + d);
                    }
                }
            }
        }
    }
}
