using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Kernels.Recurrent;

internal sealed class LSTMKernel : RecurrentKernel<LSTM>
{
    protected override void Run(LSTM op, KernelContext c) => new LstmRecurrence(op, c, backward: false).Forward();
}

internal sealed class LSTMGradientKernel : RecurrentGradientKernel<LSTMGradient>
{
    protected override void Run(LSTMGradient op, KernelContext c) => new LstmRecurrence(op, c, backward: true).Backward();
}

internal sealed class GRUKernel : RecurrentKernel<GRU>
{
    protected override void Run(GRU op, KernelContext c) => new GruRecurrence(op, c, backward: false).Forward();
}

internal sealed class GRUGradientKernel : RecurrentGradientKernel<GRUGradient>
{
    protected override void Run(GRUGradient op, KernelContext c) => new GruRecurrence(op, c, backward: true).Backward();
}

internal sealed class RNNKernel : RecurrentKernel<RNN>
{
    protected override void Run(RNN op, KernelContext c) => new RnnRecurrence(op, c, backward: false).Forward();
}

internal sealed class RNNGradientKernel : RecurrentGradientKernel<RNNGradient>
{
    protected override void Run(RNNGradient op, KernelContext c) => new RnnRecurrence(op, c, backward: true).Backward();
}

internal abstract unsafe class RecurrentKernel<TOperator> : Kernel<TOperator> where TOperator : RecurrentOperator
{
    protected sealed override long Workspace(TOperator op, Signature s) => new RecurrentSpace(op, s, null, backward: false).Bytes;
}

internal abstract unsafe class RecurrentGradientKernel<TOperator> : Kernel<TOperator> where TOperator : RecurrentOperator
{
    protected sealed override long Workspace(TOperator op, Signature s) => new RecurrentSpace(op, s, null, backward: true).Bytes;
}
