using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Normalization;

internal sealed unsafe class BatchNormalizationKernel : Kernel<BatchNormalization>
{
    // native_batch_norm.out(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, *, Tensor(a!) out, Tensor(b!) save_mean, Tensor(c!) save_invstd)
    internal static readonly AtenOperator Out = new("aten::native_batch_norm", "out");

    protected override long Workspace(BatchNormalization op, Signature s) => op.TrainingMode || !BatchNorms.IsNative(s, 1, 2, 3, 4) ? BatchNorms.Room(s.Input(0)) : 0;

    protected override void Run(BatchNormalization op, KernelContext c)
    {
        if (c.Signature.Input(0).Elements == 0 && !op.TrainingMode) return;
        if (op.TrainingMode)
        {
            BatchNorms.Train(c, op.Momentum, op.Epsilon, population: true);
            return;
        }
        if (!BatchNorms.IsNative(c.Signature, 1, 2, 3, 4))
        {
            byte* at = c.Workspace;
            AxesNorm.Work work = BatchNorms.Of(c, 0, 1, op.Epsilon, ref at);
            work.Y = c.Out<byte>(0);
            work.Bias = BatchNorms.In(c, 2, ref at);
            work.Mean = BatchNorms.In(c, 3, ref at);
            work.Variance = BatchNorms.In(c, 4, ref at);
            work.Known = true;
            AxesNorm.Forward(work, BatchNorms.Sets(c.Signature.Input(0)), c.Signature.Input(0).Element);
            return;
        }
        using Tensor none = Tensor.Empty([0], c.Input(3).ScalarType, c.Device), none2 = Tensor.Empty([0], c.Input(3).ScalarType, c.Device);
        c.Call(Out).Tensor(c.Input(0)).OptionalTensor(c.Input(1)).OptionalTensor(c.Input(2)).OptionalTensor(c.Input(3)).OptionalTensor(c.Input(4))
            .Bool(false).Double(0).Double(op.Epsilon).Tensor(c.Output(0)).Tensor(none).Tensor(none2).InvokeInPlace(3);
    }
}

/// <summary>Writes y and the batch's statistics in place; the running ones move in the states' own buffers.</summary>
internal sealed unsafe class BatchNormalizationTrainingKernel : Kernel<BatchNormalizationTraining>
{
    protected override long Workspace(BatchNormalizationTraining op, Signature s) => op.Population || !BatchNorms.IsNative(s, 1, 2, 3, 4) ? BatchNorms.Room(s.Input(0)) : 0;

    protected override void Run(BatchNormalizationTraining op, KernelContext c)
    {
        if (BatchNormImages.Takes(op, c))
        {
            BatchNormImages.Forward(op, c, Running(c, 1, 3), Running(c, 2, 4));
            return;
        }
        if (op.Population || !BatchNorms.IsNative(c.Signature, 1, 2, 3, 4))
        {
            BatchNorms.Train(c, op.Momentum, op.Epsilon, op.Population);
            return;
        }
        TensorType statistic = c.Signature.Input(3);
        using Tensor spareMean = Tensor.Empty(statistic.Shape.Dims, c.Input(3).ScalarType, c.Device), spareInverse = Tensor.Empty(statistic.Shape.Dims, c.Input(3).ScalarType, c.Device);
        using Tensor? spare = c.Wants(0) ? null : Tensor.Empty(c.Input(0).Sizes, c.Input(0).ScalarType, c.Device);
        // Running statistics that nobody keeps (constants of the graph) are left alone.
        Tensor? mean = Running(c, 1, 3), variance = Running(c, 2, 4);
        c.Call(BatchNormalizationKernel.Out).Tensor(c.Input(0)).OptionalTensor(c.Input(1)).OptionalTensor(c.Input(2)).OptionalTensor(mean).OptionalTensor(variance)
            .Bool(true).Double(1 - (double)op.Momentum).Double(op.Epsilon).Tensor(spare ?? c.Output(0))
            .Tensor(c.Wants(3) ? c.Output(3) : spareMean).Tensor(c.Wants(4) ? c.Output(4) : spareInverse).InvokeInPlace(3);
    }

    private static Tensor? Running(KernelContext c, int output, int input)
    {
        if (!c.Wants(output)) return null;
        if (c.Output(output).Data != c.Input(input).Data) c.Output(output).CopyFrom(c.Input(input));
        return c.Output(output);
    }
}

internal sealed unsafe class BatchNormalizationGradientKernel : Kernel<BatchNormalizationGradient>
{
    private static readonly AtenOperator Backward = new("aten::native_batch_norm_backward");

    protected override long Workspace(BatchNormalizationGradient op, Signature s) => IsNative(s) ? 0 : BatchNorms.Room(s.Input(1));

    private static bool IsNative(Signature s) => s.Input(1).Elements > 0 && BatchNorms.IsNative(s, s.Input(1), 2, 3, 4);

    // native_batch_norm_backward(Tensor grad_out, Tensor input, Tensor? weight, Tensor? running_mean, Tensor? running_var, Tensor? save_mean, Tensor? save_invstd, bool train, float eps, bool[3] output_mask)
    protected override void Run(BatchNormalizationGradient op, KernelContext c)
    {
        if (BatchNormImages.Takes(op, c))
        {
            BatchNormImages.Backward(op, c);
            return;
        }
        if (!IsNative(c.Signature))
        {
            Ours(op, c);
            return;
        }
        var call = c.Call(Backward);
        call.Tensor(c.Input(0)).Tensor(c.Input(1)).OptionalTensor(c.Input(2));
        if (op.Frozen) call.OptionalTensor(c.Input(3)).OptionalTensor(c.Input(4)).None().None();
        else call.None().None().OptionalTensor(c.Input(3)).OptionalTensor(c.Input(4));
        call.Bool(!op.Frozen).Double(op.Epsilon).ListBool(c.Wants(0), c.Wants(1), c.Wants(2)).Invoke(3);
        for (int i = 0; i < 3; i++)
        {
            if (call.OptionalTensorAt(i) is not Tensor gradient) continue;
            if (c.Wants(i)) c.Return(i, RowMajor.Of(gradient, c.Signature.Output(i).Shape));
            else gradient.Dispose();
        }
    }

    private static void Ours(BatchNormalizationGradient op, KernelContext c)
    {
        TensorType x = c.Signature.Input(1);
        byte* at = c.Workspace;
        AxesNorm.Work work = BatchNorms.Of(c, 1, 2, op.Epsilon, ref at);
        work.Dy = c.In<byte>(0);
        work.Dx = c.Wants(0) ? c.Out<byte>(0) : null;
        work.ScaleGradient = (double*)Parameters.Out(c, 1, ElementType.Float64, ref at);
        work.BiasGradient = (double*)Parameters.Out(c, 2, ElementType.Float64, ref at);
        // The batch's statistics are made again, in fp64.
        if (op.Frozen)
        {
            work.Mean = BatchNorms.In(c, 3, ref at);
            work.Variance = BatchNorms.In(c, 4, ref at);
            work.Known = true;
        }
        AxesNorm.Backward(work, BatchNorms.Sets(x), x.Element);
        Parameters.Finish(c, 1, work.ScaleGradient, ElementType.Float64);
        Parameters.Finish(c, 2, work.BiasGradient, ElementType.Float64);
    }
}
