using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Loss;

/// <summary>The cross-entropy row by row in fp64 arithmetic: for the element types, class weights and extra axes that the fused kernel doesn't take.</summary>
internal static unsafe class CrossEntropyRows
{
    /// <summary>The forward pass where <paramref name="losses"/> is given, else the gradient over the scores.</summary>
    /// <param name="rows">The operands.</param>
    /// <param name="element">Type of the scores.</param>
    /// <param name="losses">A loss a row; null for the gradient.</param>
    /// <param name="logSumExp">Written in the forward pass (or null), read for the gradient.</param>
    /// <param name="target">The log-probabilities (or null), or the gradient; the scores' shape and type.</param>
    /// <param name="rowScale">The gradient of each row's loss, or null.</param>
    public static void Run(Rows rows, ElementType element, byte* losses, byte* logSumExp, byte* target, byte* rowScale)
    {
        var work = new Work { R = rows, Losses = losses, LogSumExp = logSumExp, Target = target, RowScale = rowScale };
        switch (element)
        {
            case ElementType.Float32: Workers.For(new Kernel<Float32Scalar, Float32Scalar> { W = work }, rows.Count, 16); break;
            case ElementType.BFloat16: Workers.For(new Kernel<BFloat16Scalar, Float32Scalar> { W = work }, rows.Count, 16); break;
            case ElementType.Float16: Workers.For(new Kernel<Float16Scalar, Float32Scalar> { W = work }, rows.Count, 16); break;
            default: Workers.For(new Kernel<Float64Scalar, Float64Scalar> { W = work }, rows.Count, 16); break;
        }
    }

    private struct Work
    {
        public Rows R;
        public byte* Losses, LogSumExp, Target, RowScale;
    }

    private struct Kernel<T, TLoss> : IRangeKernel where T : struct, IScalar where TLoss : struct, IScalar
    {
        public Work W;

        public readonly void Run(long begin, long end)
        {
            for (long row = begin; row < end; row++)
            {
                long first = row / W.R.Positions * W.R.Classes * W.R.Positions + row % W.R.Positions, step = W.R.Positions;
                long label = W.R.Labels[row];
                bool counts = label != W.R.Ignored;
                if (W.Losses == null) Gradient(row, first, step, counts ? label : -1);
                else Loss(row, first, step, counts ? label : -1);
            }
        }

        private readonly void Loss(long row, long first, long step, long label)
        {
            double most = double.NegativeInfinity, sum = 0;
            for (long k = 0; k < W.R.Classes; k++) most = Math.Max(most, T.Read(W.R.Scores, first + k * step));
            for (long k = 0; k < W.R.Classes; k++) sum += Math.Exp(T.Read(W.R.Scores, first + k * step) - most);
            double total = most + Math.Log(sum);
            TLoss.Write(W.Losses, row, label < 0 ? 0 : (total - T.Read(W.R.Scores, first + label * step)) * W.R.WeightOf(label));
            if (W.LogSumExp != null) TLoss.Write(W.LogSumExp, row, total);
            if (W.Target == null) return;
            for (long k = 0; k < W.R.Classes; k++) T.Write(W.Target, first + k * step, T.Read(W.R.Scores, first + k * step) - total);
        }

        private readonly void Gradient(long row, long first, long step, long label)
        {
            double scale = label < 0 ? 0 : W.R.Scale * W.R.WeightOf(label) * (W.RowScale == null ? 1 : TLoss.Read(W.RowScale, row)), total = TLoss.Read(W.LogSumExp, row);
            for (long k = 0; k < W.R.Classes; k++)
            {
                double p = scale == 0 ? 0 : Math.Exp(T.Read(W.R.Scores, first + k * step) - total) - (k == label ? 1 : 0);
                T.Write(W.Target, first + k * step, p * scale);
            }
        }
    }
}
