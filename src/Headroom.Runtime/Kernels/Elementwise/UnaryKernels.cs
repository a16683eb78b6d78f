using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Elementwise;

/// <summary>A structured libtorch operator of the schema <c>(Tensor self, *, Tensor(a!) out)</c>: any strides in, in place where the plan wants it.</summary>
internal abstract class UnaryKernel<TOperator>(AtenOperator target) : Kernel<TOperator> where TOperator : Operator
{
    protected sealed override void Run(TOperator op, KernelContext c) => c.Call(target).Tensor(c.Input(0)).Tensor(c.Output(0)).InvokeInPlace();
}

/// <summary>A structured libtorch operator of two tensors, <c>(Tensor, Tensor, *, Tensor(a!))</c>.</summary>
internal abstract class PairKernel<TOperator>(AtenOperator target) : Kernel<TOperator> where TOperator : Operator
{
    protected override void Run(TOperator op, KernelContext c) => c.Call(target).Tensor(c.Input(0)).Tensor(c.Input(1)).Tensor(c.Output(0)).InvokeInPlace();
}

internal sealed class NegKernel() : UnaryKernel<Neg>(new AtenOperator("aten::neg", "out"));

internal sealed class SqrtKernel() : UnaryKernel<Sqrt>(new AtenOperator("aten::sqrt", "out"));

internal sealed class ExpKernel() : UnaryKernel<Exp>(new AtenOperator("aten::exp", "out"));

internal sealed class LogKernel() : UnaryKernel<Log>(new AtenOperator("aten::log", "out"));

internal sealed class ErfKernel() : UnaryKernel<Erf>(new AtenOperator("aten::erf", "out"));

internal sealed class WhereKernel : Kernel<Where>
{
    private static readonly AtenOperator Out = new("aten::where", "self_out");

    // where.self_out(Tensor condition, Tensor self, Tensor other, *, Tensor(a!) out)
    protected override void Run(Where op, KernelContext c) => c.Call(Out).Tensor(c.Input(0)).Tensor(c.Input(1)).Tensor(c.Input(2)).Tensor(c.Output(0)).InvokeInPlace();
}
