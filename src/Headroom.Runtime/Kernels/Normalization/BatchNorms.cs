using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Normalization;

/// <summary>Batch normalization in the forms that libtorch's kernel doesn't have: parameters of other types than the statistics', inputs of one axis, running variances of the population.</summary>
internal static unsafe class BatchNorms
{
    /// <summary>Whether libtorch's kernel takes it: all parameters fp32 (fp64 beside fp64), and an axis of channels.</summary>
    public static bool IsNative(Signature s, params ReadOnlySpan<int> parameters) => IsNative(s, s.Input(0), parameters);

    public static bool IsNative(Signature s, TensorType x, params ReadOnlySpan<int> parameters)
    {
        foreach (int i in parameters) if (s.Input(i).Element != Lanes.Computed(x.Element)) return false;
        return x.Rank >= 2;
    }

    public static long Channels(TensorType x) => x.Rank == 1 ? 1 : x.Shape[1];

    /// <summary>Room for all parameters and statistics in fp64.</summary>
    public static long Room(TensorType x) => 12 * Lanes.Room(Channels(x), ElementType.Float64);

    /// <summary>One set a channel.</summary>
    public static AxesNorm.Sets Sets(TensorType x)
    {
        var reduced = new bool[x.Rank];
        for (int i = 0; i < reduced.Length; i++) reduced[i] = i != 1;
        return new AxesNorm.Sets(x.Shape, reduced);
    }

    public static double* In(KernelContext c, int input, ref byte* workspace) => (double*)Parameters.In(c, input, c.Signature.Input(input).Shape, ElementType.Float64, ref workspace);

    public static AxesNorm.Work Of(KernelContext c, int x, int scale, double epsilon, ref byte* workspace) => new() { X = c.In<byte>(x), Scale = In(c, scale, ref workspace), Epsilon = epsilon };

    /// <summary>Normalizes by the batch's statistics. Outputs: y; running mean and variance, moved; where the node has them, the batch's mean and inverse deviation.</summary>
    public static void Train(KernelContext c, float momentum, double epsilon, bool population)
    {
        TensorType x = c.Signature.Input(0);
        long channels = Channels(x), count = channels == 0 ? 0 : x.Elements / channels, room = Lanes.Room(channels, ElementType.Float64);
        byte* at = c.Workspace;
        double* mean = (double*)at, variance = (double*)(at + room);
        at += 2 * room;
        if (x.Elements > 0 && IsNative(c.Signature, 1, 2, 3, 4)) Native(c, epsilon, count, mean, variance, at + 8 * room);
        else
        {
            byte* free = at;
            AxesNorm.Work work = Of(c, 0, 1, epsilon, ref free);
            work.Y = c.Wants(0) ? c.Out<byte>(0) : null;
            work.Bias = In(c, 2, ref free);
            work.Mean = mean;
            work.Variance = variance;
            AxesNorm.Forward(work, Sets(x), x.Element);
        }
        Move(c, 1, 3, mean, 1, momentum, at);
        Move(c, 2, 4, variance, population || count < 2 ? 1 : count / (count - 1.0), momentum, at);
        byte* rest = at;
        double* kept = (double*)Parameters.Out(c, 3, ElementType.Float64, ref rest), inverse = (double*)Parameters.Out(c, 4, ElementType.Float64, ref rest);
        for (long i = 0; i < channels; i++)
        {
            if (kept != null) kept[i] = mean[i];
            if (inverse != null) inverse[i] = 1 / Math.Sqrt(variance[i] + epsilon);
        }
        Parameters.Finish(c, 3, kept, ElementType.Float64);
        Parameters.Finish(c, 4, inverse, ElementType.Float64);
    }

    // With a momentum of 1 the running statistics become the batch's: its mean and unbiased variance.
    private static void Native(KernelContext c, double epsilon, long count, double* mean, double* variance, byte* spare)
    {
        ScalarType type = c.Input(3).ScalarType;
        long channels = c.Signature.Input(3).Elements;
        using Tensor batchMean = Tensor.Wrap(spare, [channels], type, c.Device), batchVariance = Tensor.Wrap(spare + Lanes.Room(channels, ElementType.Float64), [channels], type, c.Device);
        batchMean.Zero();
        batchVariance.Zero();
        using Tensor savedMean = Tensor.Empty([channels], type, c.Device), savedInverse = Tensor.Empty([channels], type, c.Device);
        using Tensor? unwanted = c.Wants(0) ? null : Tensor.Empty(c.Input(0).Sizes, c.Input(0).ScalarType, c.Device);
        c.Call(BatchNormalizationKernel.Out).Tensor(c.Input(0)).OptionalTensor(c.Input(1)).OptionalTensor(c.Input(2)).OptionalTensor(batchMean).OptionalTensor(batchVariance)
            .Bool(true).Double(1).Double(epsilon).Tensor(unwanted ?? c.Output(0)).Tensor(savedMean).Tensor(savedInverse).InvokeInPlace(3);
        using Tensor wideMean = Tensor.Wrap(mean, [channels], ScalarType.Float64, c.Device), wideVariance = Tensor.Wrap(variance, [channels], ScalarType.Float64, c.Device);
        wideMean.CopyFrom(batchMean);
        wideVariance.CopyFrom(batchVariance);
        for (long i = 0; i < channels; i++) variance[i] = count < 2 ? 0 : variance[i] * (count - 1.0) / count;
    }

    private static void Move(KernelContext c, int output, int input, double* batch, double factor, float momentum, byte* workspace)
    {
        if (!c.Wants(output)) return;
        double* running = In(c, input, ref workspace), moved = (double*)Parameters.Out(c, output, ElementType.Float64, ref workspace);
        for (long i = 0; i < c.Signature.Output(output).Elements; i++) moved[i] = running[i] * momentum + batch[i] * factor * (1 - (double)momentum);
        Parameters.Finish(c, output, moved, ElementType.Float64);
    }
}
