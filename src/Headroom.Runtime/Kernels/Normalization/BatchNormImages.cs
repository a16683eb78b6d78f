using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Normalization;

/// <summary>Batch normalization of channels-last pictures by our fused kernels: with residual and ReLU, forward and backward, in as few visits as can be.</summary>
internal static unsafe class BatchNormImages
{
    public static bool Takes(BatchNormalizationTraining op, KernelContext c)
        => op.Relu || c.Has(5) || (!op.Population && Fits(c.Signature, c.Signature.Input(0), 1, 2, 3, 4) && Image.IsChannelsLast(c.Input(0)));

    public static bool Takes(BatchNormalizationGradient op, KernelContext c)
        => op.Relu || c.Wants(3) || c.Has(6) || (!op.Frozen && Fits(c.Signature, c.Signature.Input(1), 2, 3, 4) && Image.IsChannelsLast(c.Input(1)));

    /// <param name="op">With its momentum and ε.</param>
    /// <param name="c">Its tensors.</param>
    /// <param name="runningMean">To be moved; null where nobody keeps it.</param>
    /// <param name="runningVariance">The same.</param>
    public static void Forward(BatchNormalizationTraining op, KernelContext c, Tensor? runningMean, Tensor? runningVariance)
    {
        TensorType x = c.Signature.Input(0);
        long channels = x.Shape[1];
        using Tensor statistics = Tensor.Empty([2, channels], ScalarType.Float32, c.Device);
        float* mean = c.Wants(3) ? c.Out<float>(3) : (float*)statistics.Data, inverse = c.Wants(4) ? c.Out<float>(4) : (float*)statistics.Data + channels;
        using Image from = Image.Read(c.Input(0));
        using Image? residual = c.Has(5) ? Image.Read(c.Input(5)) : null;
        using Tensor? unread = c.Wants(0) ? null : Image.Empty(c.Input(0));
        using Image to = Image.Write(unread ?? c.Output(0));
        BatchNorm.Forward(from.Data, residual is null ? null : residual.Data, to.Data, c.Input(0).ScalarType, c.In<float>(1), c.In<float>(2), mean, inverse,
            runningMean is null ? null : (float*)runningMean.Data, runningVariance is null ? null : (float*)runningVariance.Data, x.Elements / channels, channels, op.Relu, 1 - op.Momentum, op.Epsilon);
    }

    public static void Backward(BatchNormalizationGradient op, KernelContext c)
    {
        TensorType x = c.Signature.Input(1);
        long channels = x.Shape[1];
        using Tensor unread = Tensor.Empty([2, channels], ScalarType.Float32, c.Device);
        using Image dy = Image.Read(c.Input(0)), from = Image.Read(c.Input(1));
        using Image? y = op.Relu ? Image.Read(c.Input(5)) : null, other = c.Has(6) ? Image.Read(c.Input(6)) : null;
        using Tensor? nowhere = c.Wants(0) ? null : Image.Empty(c.Input(1));
        using Image dx = Image.Write(nowhere ?? c.Output(0));
        using Image? masked = c.Wants(3) ? Image.Write(c.Output(3)) : null;
        BatchNormGradient.Run(from.Data, y is null ? null : y.Data, dy.Data, dx.Data, c.Input(1).ScalarType, c.In<float>(2), c.In<float>(3), c.In<float>(4),
            c.Wants(1) ? c.Out<float>(1) : (float*)unread.Data, c.Wants(2) ? c.Out<float>(2) : (float*)unread.Data + channels, x.Elements / channels, channels,
            other is null ? null : other.Data, masked is null ? null : masked.Data);
    }

    private static bool Fits(Signature s, TensorType x, params ReadOnlySpan<int> parameters)
    {
        foreach (int i in parameters) if (s.Input(i).Element != ElementType.Float32) return false;
        return x.Rank == 4 && x.Elements > 0 && x.Element is ElementType.Float32 or ElementType.BFloat16;
    }
}
