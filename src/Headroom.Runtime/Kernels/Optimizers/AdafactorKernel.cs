using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Optimizers;

/// <summary>Three passes over the gradient: moments, the update's size, the update. Sums are made by pieces whose number follows from the shape alone, so that the bits don't depend on threads.</summary>
internal sealed unsafe class AdafactorKernel : Kernel<Adafactor>
{
    protected override long Workspace(Adafactor op, Signature s)
    {
        var m = new FactoredMatrix(s.Input(0));
        return sizeof(double) * FactoredMatrix.Pieces + sizeof(float) * (m.Rows + m.Padded + (m.Factors ? m.Padded * FactoredMatrix.Pieces : 0));
    }

    protected override void Run(Adafactor op, KernelContext c)
    {
        var matrix = new FactoredMatrix(c.Signature.Input(0));
        float* weight = InPlace.State(c, 0, 0), rows = InPlace.State(c, 1, 2), columns = matrix.Factors ? InPlace.State(c, 2, 3) : null;
        if (matrix.Elements == 0) return;
        double beta = op.DecayAt(InPlace.Step(c, 5)), rate = c.Scalar<float>(4);
        var sums = (double*)c.Workspace;
        var w = new AdafactorWork
        {
            Matrix = matrix, Weight = weight, Gradient = c.In<byte>(1), RowMoments = rows, ColumnMoments = columns, Sums = sums, Scale = c.Has(6) ? c.Scalar<float>(6) : 1,
            RowRoots = (float*)(sums + FactoredMatrix.Pieces), Keep = (float)beta, Rest = (float)(1 - beta), Epsilon = (float)op.Epsilon,
        };
        w.ColumnRoots = w.RowRoots + matrix.Rows;
        w.ColumnSums = w.ColumnRoots + matrix.Padded;
        if (Storage.IsBF16(c.Input(1).ScalarType)) Update<BF16>(w, op, rate);
        else Update<F32>(w, op, rate);
    }

    private static void Update<T>(AdafactorWork w, Adafactor op, double rate) where T : unmanaged, IElement
    {
        if (w.Matrix.Factors)
        {
            Workers.For(new AdafactorSquares<T> { W = w }, FactoredMatrix.Pieces);
            Columns(w);
            Roots(w);
            Workers.For(new AdafactorSize<T> { W = w }, FactoredMatrix.Pieces);
        }
        else
        {
            Workers.For(new AdafactorVector<T> { W = w }, FactoredMatrix.Pieces);
        }
        double sum = 0;
        for (int i = 0; i < FactoredMatrix.Pieces; i++) sum += w.Sums[i];
        double size = Math.Sqrt(sum / w.Matrix.Elements);
        w.Keep = (float)(1 - rate * op.WeightDecay);
        w.Rest = (float)(rate / Math.Max(1, size / op.ClipUpdate));
        Workers.For(new AdafactorStep<T> { W = w }, FactoredMatrix.Pieces);
    }

    /// <summary>Adds the pieces' sums of columns up, in their order.</summary>
    private static void Columns(AdafactorWork w)
    {
        double rows = w.Matrix.Rows;
        for (long j = 0; j < w.Matrix.Columns; j++)
        {
            double sum = 0;
            for (int piece = 0; piece < FactoredMatrix.Pieces; piece++) sum += w.ColumnSums[piece * w.Matrix.Padded + j];
            w.ColumnMoments[j] = (float)(w.Keep * (double)w.ColumnMoments[j] + w.Rest * (sum / rows + w.Epsilon));
        }
    }

    /// <summary><c>√(mean(R) / R)</c> of each row and <c>1 / √C</c> of each column, whose product is <c>1 / √V</c>.</summary>
    private static void Roots(AdafactorWork w)
    {
        double mean = 0;
        for (long i = 0; i < w.Matrix.Rows; i++) mean += w.RowMoments[i];
        mean /= w.Matrix.Rows;
        for (long i = 0; i < w.Matrix.Rows; i++) w.RowRoots[i] = (float)Math.Sqrt(mean / w.RowMoments[i]);
        for (long j = 0; j < w.Matrix.Columns; j++) w.ColumnRoots[j] = (float)(1 / Math.Sqrt(w.ColumnMoments[j]));
    }
}
