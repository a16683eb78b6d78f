using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Fused;

namespace Headroom.Runtime.Kernels.Loss;

internal sealed class SoftmaxCrossEntropyLossKernel : Kernel<SoftmaxCrossEntropyLoss>
{
    protected override long Workspace(SoftmaxCrossEntropyLoss op, Signature s) => Rows.Bytes(s, 0);

    protected override void Run(SoftmaxCrossEntropyLoss op, KernelContext c) => CrossEntropyForward.Run(op, c, logSumExp: -1, logProbabilities: 1);
}

internal sealed class SoftmaxCrossEntropyLossTrainingKernel : Kernel<SoftmaxCrossEntropyLossTraining>
{
    protected override long Workspace(SoftmaxCrossEntropyLossTraining op, Signature s) => Rows.Bytes(s, 0);

    protected override void Run(SoftmaxCrossEntropyLossTraining op, KernelContext c) => CrossEntropyForward.Run(op, c, logSumExp: 1, logProbabilities: -1);
}

/// <summary>Rows of losses, then their reduction in fp64 in the rows' order, rounded to the loss's type.</summary>
internal static unsafe class CrossEntropyForward
{
    public static void Run(CrossEntropyOperator op, KernelContext c, int logSumExp, int logProbabilities)
    {
        var rows = new Rows(op, c, 0, 2);
        byte* losses = rows.Losses;
        byte* sums = logSumExp >= 0 && c.Wants(logSumExp) ? c.Out<byte>(logSumExp) : null;
        byte* all = logProbabilities >= 0 && c.Wants(logProbabilities) ? c.Out<byte>(logProbabilities) : null;
        if (rows.IsFused && all == null)
            CrossEntropy.Forward(rows.Scores, c.Input(0).ScalarType, rows.Labels, (float*)losses, (float*)sums, rows.Count, rows.Classes, rows.Ignored);
        else
            CrossEntropyRows.Run(rows, c.Signature.Input(0).Element, losses, sums, all, null);
        Reduce(op, c, rows);
    }

    /// <summary>The losses of rows as the first output wants them.</summary>
    public static void Reduce(CrossEntropyOperator op, KernelContext c, Rows rows)
    {
        if (!c.Wants(0)) return;
        byte* losses = rows.Losses;
        TensorType y = c.Signature.Output(0);
        int size = y.Element.Size();
        double sum = 0;
        for (long i = 0; i < rows.Count; i++)
        {
            double loss = rows.LossSize == 8 ? ((double*)losses)[i] : ((float*)losses)[i];
            if (op.Reduction == LossReduction.None) Numbers.Write(y.Element, loss, new Span<byte>(c.Out<byte>(0) + i * size, size));
            sum += loss;
        }
        if (op.Reduction != LossReduction.None) Numbers.Write(y.Element, op.Reduction == LossReduction.Mean ? sum / rows.Weight : sum, new Span<byte>(c.Out<byte>(0), size));
    }
}

internal sealed unsafe class SoftmaxCrossEntropyLossAndGradientKernel : Kernel<SoftmaxCrossEntropyLossAndGradient>
{
    protected override long Workspace(SoftmaxCrossEntropyLossAndGradient op, Signature s) => Rows.Bytes(s, 0);

    protected override void Run(SoftmaxCrossEntropyLossAndGradient op, KernelContext c)
    {
        var rows = new Rows(op, c, 0, 2);
        double scale = op.Reduction != LossReduction.Mean ? 1 : rows.Weight == 0 ? 0 : 1 / rows.Weight;
        long bytes = c.Signature.Input(0).Bytes;
        if (c.Output(1).Data != c.Input(0).Data) Buffer.MemoryCopy(rows.Scores, c.Out<byte>(1), bytes, bytes);
        CrossEntropy.ForwardBackward(c.Out<byte>(1), c.Input(0).ScalarType, rows.Labels, (float*)rows.Losses, rows.Count, rows.Classes, (float)scale, rows.Ignored);
        CrossEntropyForward.Reduce(op, c, rows);
    }
}

internal sealed unsafe class SoftmaxCrossEntropyLossGradientKernel : Kernel<SoftmaxCrossEntropyLossGradient>
{
    protected override long Workspace(SoftmaxCrossEntropyLossGradient op, Signature s) => Rows.Bytes(s, 1);

    protected override void Run(SoftmaxCrossEntropyLossGradient op, KernelContext c)
    {
        var rows = new Rows(op, c, 1, 4);
        bool each = op.Reduction == LossReduction.None;
        double scale = each ? 1 : rows.LossSize == 8 ? *c.In<double>(0) : *c.In<float>(0);
        if (op.Reduction == LossReduction.Mean) scale = rows.Weight == 0 ? 0 : scale / rows.Weight;
        if (c.Output(0).Data != c.Input(1).Data) Buffer.MemoryCopy(rows.Scores, c.Out<byte>(0), c.Signature.Input(1).Bytes, c.Signature.Input(1).Bytes);
        rows.Scores = c.Out<byte>(0);
        rows.Scale = scale;
        if (rows.IsFused)
            CrossEntropy.Backward(rows.Scores, c.Input(1).ScalarType, rows.Labels, c.In<float>(3), each ? c.In<float>(0) : null, rows.Count, rows.Classes, (float)scale, rows.Ignored);
        else
            CrossEntropyRows.Run(rows, c.Signature.Input(1).Element, null, c.In<byte>(3), rows.Scores, each ? c.In<byte>(0) : null);
    }
}

/// <summary>Scores, checked labels and class weights of one node, as pointers.</summary>
internal unsafe struct Rows
{
    public byte* Scores, Losses;
    public long* Labels;

    /// <summary>Rows, classes, and positions behind the class axis: row r is number r / Positions of the batch, and its classes stand Positions elements apart.</summary>
    public long Count, Classes, Positions;
    public long Ignored;
    public int LossSize;

    /// <summary>Bytes of the class weights' elements.</summary>
    public int WeightSize;
    public byte* ClassWeights;
    public ElementType WeightType, ScoreType;

    /// <summary>What the mean divides by: the rows that count, or the sum of their weights.</summary>
    public double Weight;
    public double Scale;

    /// <param name="op">The operator.</param>
    /// <param name="c">The node.</param>
    /// <param name="scores">Which input the scores are; the labels follow.</param>
    /// <param name="weights">Which input the class weights are.</param>
    /// <exception cref="InputException">A label names no class.</exception>
    public Rows(CrossEntropyOperator op, KernelContext c, int scores, int weights)
    {
        TensorType x = c.Signature.Input(scores), y = c.Signature.Input(scores + 1);
        Scores = c.In<byte>(scores);
        ScoreType = x.Element;
        Count = y.Elements;
        Classes = x.Shape[1];
        Positions = x.Elements == 0 ? 1 : x.Elements / x.Shape[0] / Classes;
        Ignored = op.IgnoreIndex ?? long.MinValue;
        LossSize = x.Element == ElementType.Float64 ? 8 : 4;
        Losses = c.Workspace;
        Labels = c.Signature.Input(scores + 1).Element == ElementType.Int64 ? c.In<long>(scores + 1) : (long*)(c.Workspace + Align(Count * LossSize));
        if (y.Element == ElementType.Int32) for (long i = 0; i < Count; i++) Labels[i] = c.In<int>(scores + 1)[i];
        if (c.Has(weights))
        {
            WeightType = c.Signature.Input(weights).Element;
            ClassWeights = c.In<byte>(weights);
            WeightSize = WeightType.Size();
        }
        for (long i = 0; i < Count; i++)
        {
            long label = Labels[i];
            if (label == Ignored) continue;
            if ((ulong)label >= (ulong)Classes)
                throw new InputException($"node '{c.Node.Name}' ({op.Name}), row {i}", $"the label is {label}, the scores have {Classes} classes", $"Labels lie in [0, {Classes - 1}]{(op.IgnoreIndex is { } ignored ? $", or are {ignored} to be ignored" : "")}. Mend the labels, or give the model as many classes as the data has.");
            Weight += WeightOf(label);
        }
    }

    /// <summary>Whether the fused kernel takes it: fp32 or bf16 rows without weights.</summary>
    public readonly bool IsFused => Positions == 1 && ClassWeights == null && ScoreType is (ElementType.Float32 or ElementType.BFloat16);

    /// <summary>Where a row's score of a class stands.</summary>
    public readonly long At(long row, long label) => (row / Positions * Classes + label) * Positions + row % Positions;

    public readonly double WeightOf(long label) => ClassWeights == null ? 1 : Numbers.Read(WeightType, new ReadOnlySpan<byte>(ClassWeights + label * WeightSize, WeightSize));

    /// <summary>Room for a loss a row, and for labels widened to 64 bits.</summary>
    public static long Bytes(Signature s, int scores)
    {
        TensorType y = s.Input(scores + 1);
        return Align(y.Elements * (s.Input(scores).Element == ElementType.Float64 ? 8 : 4)) + (y.Element == ElementType.Int32 ? y.Elements * sizeof(long) : 0);
    }

    private static long Align(long bytes) => (bytes + 63) / 64 * 64;
}
