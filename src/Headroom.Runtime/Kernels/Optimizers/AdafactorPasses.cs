using System.Runtime.Intrinsics;
using Headroom.Graph;
using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Optimizers;

/// <summary>A parameter as Adafactor sees it: its first axis by all others, or one row where it is a vector.</summary>
internal readonly struct FactoredMatrix
{
    /// <summary>Pieces of a pass, whatever the number of threads.</summary>
    public const int Pieces = 64;

    public FactoredMatrix(TensorType type)
    {
        Factors = Graph.Operators.Adafactor.Factors(type);
        Elements = type.Elements;
        Rows = Factors ? type.Shape[0] : 1;
        Columns = Rows == 0 ? 0 : Elements / Rows;
    }

    public bool Factors { get; }

    public long Elements { get; }

    public long Rows { get; }

    public long Columns { get; }

    /// <summary>Columns, in whole vectors.</summary>
    public long Padded => Factors ? (Columns + 15) / 16 * 16 : 0;

    /// <summary>Where a piece begins: a row; of a vector an element, at a multiple of 16.</summary>
    public long Start(long piece)
    {
        if (Factors) return Rows * piece / Pieces;
        long vectors = (Elements + 15) / 16;
        return Math.Min(Elements, vectors * piece / Pieces * 16);
    }
}

/// <summary>What all passes share.</summary>
internal unsafe struct AdafactorWork
{
    public FactoredMatrix Matrix;
    public float* Weight, RowMoments, ColumnMoments, RowRoots, ColumnRoots, ColumnSums;
    public byte* Gradient;
    public double* Sums;

    /// <summary>At first β and 1 - β; in the last pass what remains of the weight and what the update counts.</summary>
    public float Keep, Rest;

    public float Scale, Epsilon;
}

/// <summary>Rows' moments, and each piece's sums of squares by columns.</summary>
internal unsafe struct AdafactorSquares<T> : IRangeKernel where T : struct, IElement
{
    public AdafactorWork W;

    public readonly void Run(long begin, long end)
    {
        long columns = W.Matrix.Columns;
        Vector512<float> scale = Vector512.Create(W.Scale);
        for (long piece = begin; piece < end; piece++)
        {
            float* sums = W.ColumnSums + piece * W.Matrix.Padded;
            new Span<float>(sums, (int)W.Matrix.Padded).Clear();
            for (long row = W.Matrix.Start(piece); row < W.Matrix.Start(piece + 1); row++)
            {
                byte* gradient = W.Gradient + row * columns * T.Bytes;
                Vector512<double> low = Vector512<double>.Zero, high = low;
                for (long j = 0; j < columns; j += 16)
                {
                    Vector512<float> g = T.Load<Ragged>(gradient, j, columns) * scale, square = g * g;
                    (square + Vector512.Load(sums + j)).Store(sums + j);
                    (Vector512<double> l, Vector512<double> h) = Vector512.Widen(square);
                    low += l;
                    high += h;
                }
                W.RowMoments[row] = (float)(W.Keep * (double)W.RowMoments[row] + W.Rest * (Vector512.Sum(low + high) / columns + W.Epsilon));
            }
        }
    }
}

/// <summary>Each piece's sum of squares of the update.</summary>
internal unsafe struct AdafactorSize<T> : IRangeKernel where T : struct, IElement
{
    public AdafactorWork W;

    public readonly void Run(long begin, long end)
    {
        long columns = W.Matrix.Columns;
        for (long piece = begin; piece < end; piece++)
        {
            Vector512<double> low = Vector512<double>.Zero, high = low;
            for (long row = W.Matrix.Start(piece); row < W.Matrix.Start(piece + 1); row++)
            {
                byte* gradient = W.Gradient + row * columns * T.Bytes;
                Vector512<float> root = Vector512.Create(W.RowRoots[row] * W.Scale);
                for (long j = 0; j < columns; j += 16)
                {
                    Vector512<float> u = T.Load<Ragged>(gradient, j, columns) * root * F32.Load<Ragged>(W.ColumnRoots, j, columns);
                    (Vector512<double> l, Vector512<double> h) = Vector512.Widen(u);
                    low += l * l;
                    high += h * h;
                }
            }
            W.Sums[piece] = Vector512.Sum(low + high);
        }
    }
}

/// <summary>A vector's moments, and each piece's sum of squares of the update.</summary>
internal unsafe struct AdafactorVector<T> : IRangeKernel where T : struct, IElement
{
    public AdafactorWork W;

    public readonly void Run(long begin, long end)
    {
        Vector512<float> keep = Vector512.Create(W.Keep), rest = Vector512.Create(W.Rest), epsilon = Vector512.Create(W.Epsilon), scale = Vector512.Create(W.Scale);
        for (long piece = begin; piece < end; piece++)
        {
            double sum = 0;
            long n = W.Matrix.Start(piece + 1);
            for (long i = W.Matrix.Start(piece); i < n; i += 16)
            {
                Vector512<float> g = T.Load<Ragged>(W.Gradient, i, n) * scale, v = Vector512.FusedMultiplyAdd(keep, F32.Load<Ragged>(W.RowMoments, i, n), rest * (g * g + epsilon));
                F32.Store<Ragged>(W.RowMoments, i, n, v);
                Vector512<float> u = g / Vector512.Sqrt(v);
                // Lanes behind the end hold 0 / √ε₁.
                sum += Vector512.Sum(u * u);
            }
            W.Sums[piece] = sum;
        }
    }
}

/// <summary>The update itself.</summary>
internal unsafe struct AdafactorStep<T> : IRangeKernel where T : struct, IElement
{
    public AdafactorWork W;

    public readonly void Run(long begin, long end)
    {
        Vector512<float> keep = Vector512.Create(W.Keep), rate = Vector512.Create(W.Rest), scale = Vector512.Create(W.Scale);
        long columns = W.Matrix.Columns, first = W.Matrix.Start(begin), last = W.Matrix.Start(end);
        if (!W.Matrix.Factors)
        {
            for (long i = first; i < last; i += 16)
                F32.Store<Ragged>(W.Weight, i, last, F32.Load<Ragged>(W.Weight, i, last) * keep - rate * (T.Load<Ragged>(W.Gradient, i, last) * scale / Vector512.Sqrt(F32.Load<Ragged>(W.RowMoments, i, last))));
            return;
        }
        for (long row = first; row < last; row++)
        {
            byte* gradient = W.Gradient + row * columns * T.Bytes;
            float* weight = W.Weight + row * columns;
            Vector512<float> root = Vector512.Create(W.RowRoots[row] * W.Scale);
            for (long j = 0; j < columns; j += 16)
            {
                Vector512<float> u = T.Load<Ragged>(gradient, j, columns) * root * F32.Load<Ragged>(W.ColumnRoots, j, columns);
                F32.Store<Ragged>(weight, j, columns, F32.Load<Ragged>(weight, j, columns) * keep - rate * u);
            }
        }
    }
}
