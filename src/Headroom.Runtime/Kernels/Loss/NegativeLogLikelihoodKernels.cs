using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Kernels.Loss;

/// <summary>Picks each row's label; sums in fp64 in the rows' order.</summary>
internal sealed unsafe class NegativeLogLikelihoodLossKernel : Kernel<NegativeLogLikelihoodLoss>
{
    protected override long Workspace(NegativeLogLikelihoodLoss op, Signature s) => Rows.Bytes(s, 0);

    protected override void Run(NegativeLogLikelihoodLoss op, KernelContext c)
    {
        var rows = new Rows(op, c, 0, 2);
        switch (rows.ScoreType)
        {
            case ElementType.Float32: Run<Float32Scalar>(op, c, rows); break;
            case ElementType.BFloat16: Run<BFloat16Scalar>(op, c, rows); break;
            case ElementType.Float16: Run<Float16Scalar>(op, c, rows); break;
            default: Run<Float64Scalar>(op, c, rows); break;
        }
    }

    private static void Run<T>(NegativeLogLikelihoodLoss op, KernelContext c, Rows rows) where T : struct, IScalar
    {
        double sum = 0;
        byte* y = c.Out<byte>(0);
        for (long row = 0; row < rows.Count; row++)
        {
            long label = rows.Labels[row];
            double loss = label == rows.Ignored ? 0 : -T.Read(rows.Scores, rows.At(row, label)) * rows.WeightOf(label);
            if (op.Reduction == LossReduction.None) T.Write(y, row, loss);
            sum += loss;
        }
        if (op.Reduction != LossReduction.None) T.Write(y, 0, op.Reduction == LossReduction.Mean ? sum / rows.Weight : sum);
    }
}

internal sealed unsafe class NegativeLogLikelihoodLossGradientKernel : Kernel<NegativeLogLikelihoodLossGradient>
{
    protected override long Workspace(NegativeLogLikelihoodLossGradient op, Signature s) => Rows.Bytes(s, 1);

    protected override void Run(NegativeLogLikelihoodLossGradient op, KernelContext c)
    {
        var rows = new Rows(op, c, 1, 3);
        c.Output(0).Zero(c.Node.Name);
        switch (rows.ScoreType)
        {
            case ElementType.Float32: Run<Float32Scalar>(op, c, rows); break;
            case ElementType.BFloat16: Run<BFloat16Scalar>(op, c, rows); break;
            case ElementType.Float16: Run<Float16Scalar>(op, c, rows); break;
            default: Run<Float64Scalar>(op, c, rows); break;
        }
    }

    private static void Run<T>(NegativeLogLikelihoodLossGradient op, KernelContext c, Rows rows) where T : struct, IScalar
    {
        byte* dloss = c.In<byte>(0), dx = c.Out<byte>(0);
        double scale = op.Reduction == LossReduction.None ? 1 : T.Read(dloss, 0);
        if (op.Reduction == LossReduction.Mean) scale = rows.Weight == 0 ? 0 : scale / rows.Weight;
        for (long row = 0; row < rows.Count; row++)
        {
            long label = rows.Labels[row];
            if (label == rows.Ignored) continue;
            T.Write(dx, rows.At(row, label), -scale * rows.WeightOf(label) * (op.Reduction == LossReduction.None ? T.Read(dloss, row) : 1));
        }
    }
}
