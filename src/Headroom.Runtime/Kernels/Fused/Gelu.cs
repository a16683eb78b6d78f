using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>Gaussian error linear unit, exact form, <c>y = x · Φ(x)</c>, with the bias before it, and its gradient with the bias's.</summary>
/// <remarks>Hendrycks and Gimpel, arXiv:1606.08415; ONNX <c>Gelu</c>. erf within 1.5e-7, as libtorch's own.</remarks>
public static unsafe class Gelu
{
    /// <summary><c>x += bias; y = gelu(x)</c>.</summary>
    /// <param name="x"><c>[rows, columns]</c>; with a bias, replaced by the sum (which the gradient needs).</param>
    /// <param name="bias">fp32 <c>[columns]</c>, or null: x stays as it is.</param>
    /// <param name="y"><c>[rows, columns]</c>; may be <paramref name="x"/>.</param>
    /// <param name="type">Storage of x and y.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    public static void Forward(void* x, float* bias, void* y, ScalarType type, long rows, long columns)
    {
        if (Storage.IsBF16(type)) Workers.For(new ForwardKernel<BF16> { X = x, Bias = bias, Y = y, Columns = columns }, rows);
        else Workers.For(new ForwardKernel<F32> { X = x, Bias = bias, Y = y, Columns = columns }, rows);
    }

    /// <summary><c>dx = dy · (Φ(x) + x φ(x))</c> over <paramref name="gradient"/>, with its column sums.</summary>
    /// <param name="x"><c>[rows, columns]</c>, what <see cref="Forward"/> read, bias included.</param>
    /// <param name="gradient"><c>[rows, columns]</c>, in place.</param>
    /// <param name="type">Storage.</param>
    /// <param name="biasGradient">fp32 <c>[columns]</c>, written, or null.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="rewriteOutput">Also writes <c>y</c> over <paramref name="x"/>: Φ is at hand, so y need not have lived since the forward pass.</param>
    public static void Backward(void* x, void* gradient, ScalarType type, float* biasGradient, long rows, long columns, bool rewriteOutput = false)
    {
        using var parts = new Partials(rows, columns, grain: 8);
        if (Storage.IsBF16(type)) Workers.For(new BackwardKernel<BF16> { X = x, D = gradient, Bias = biasGradient != null, Rewrite = rewriteOutput, Columns = columns, Parts = parts }, parts.Count);
        else Workers.For(new BackwardKernel<F32> { X = x, D = gradient, Bias = biasGradient != null, Rewrite = rewriteOutput, Columns = columns, Parts = parts }, parts.Count);
        parts.Into(0, biasGradient);
    }

    struct ForwardKernel<T> : IRangeKernel where T : struct, IElement
    {
        public void* X, Y;
        public float* Bias;
        public long Columns;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            if (Columns % 16 == 0) EachRow<Whole>(begin, end);
            else EachRow<Ragged>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void EachRow<S>(long begin, long end) where S : struct, IEnding
        {
            for (long row = begin; row < end; row++)
            {
                byte* x = (byte*)X + row * Columns * T.Bytes, y = (byte*)Y + row * Columns * T.Bytes;
                for (long i = 0; i < Columns; i += 16)
                {
                    Vector512<float> v = T.Load<S>(x, i, Columns);
                    if (Bias != null)
                    {
                        v += F32.Load<S>(Bias, i, Columns);
                        T.Store<S>(x, i, Columns, v);
                    }
                    T.Store<S>(y, i, Columns, v * VectorMath.Normal(v, out _));
                }
            }
        }
    }

    struct BackwardKernel<T> : IRangeKernel where T : struct, IElement
    {
        public void* X, D;
        public bool Bias, Rewrite;
        public long Columns;
        public Partials Parts;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            if (Columns % 16 == 0) EachRow<Whole>(begin, end);
            else EachRow<Ragged>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void EachRow<S>(long begin, long end) where S : struct, IEnding
        {
            for (long part = begin; part < end; part++)
            {
                float* sums = Parts.At(part, 0);
                (long first, long last) = Parts.RowsOf(part);
                for (long row = first; row < last; row++)
                {
                    byte* x = (byte*)X + row * Columns * T.Bytes, d = (byte*)D + row * Columns * T.Bytes;
                    for (long i = 0; i < Columns; i += 16)
                    {
                        Vector512<float> v = T.Load<S>(x, i, Columns), cumulative = VectorMath.Normal(v, out Vector512<float> density);
                        Vector512<float> dx = T.Load<S>(d, i, Columns) * Vector512.FusedMultiplyAdd(v, density, cumulative);
                        T.Store<S>(d, i, Columns, dx);
                        if (Rewrite) T.Store<S>(x, i, Columns, v * cumulative);
                        if (Bias) F32.Store<S>(sums, i, Columns, F32.Load<S>(sums, i, Columns) + dx);
                    }
                }
            }
        }
    }
}
