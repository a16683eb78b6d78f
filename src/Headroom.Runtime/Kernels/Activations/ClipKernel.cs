using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Elementwise;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Activations;

internal sealed class ClipKernel : Kernel<Clip>
{
    private static readonly AtenOperator Out = new("aten::clamp", "Tensor_out");

    // clamp.Tensor_out(Tensor self, Tensor? min=None, Tensor? max=None, *, Tensor(a!) out)
    protected override void Run(Clip op, KernelContext c)
    {
        if (!c.Has(1) && !c.Has(2))
        {
            c.Output(0).CopyFrom(c.Input(0), node: c.Node.Name);
            return;
        }
        // A limit may come as [1]; without axes it can't broadcast the input.
        using Tensor? min = c.Optional(1)?.View([]), max = c.Optional(2)?.View([]);
        c.Call(Out).Tensor(c.Input(0)).OptionalTensor(min).OptionalTensor(max).Tensor(c.Output(0)).InvokeInPlace();
    }
}

internal sealed class ClipGradientKernel : LaneKernel<ClipGradient, ClipGradientFunction>
{
    protected override ClipGradientFunction Function(ClipGradient op, KernelContext c) => new(Limit(c, 2, double.NegativeInfinity), Limit(c, 3, double.PositiveInfinity));

    private static unsafe double Limit(KernelContext c, int input, double none)
    {
        ElementType element = c.Signature.Output(0).Element;
        return c.Has(input) ? Numbers.Read(element, new ReadOnlySpan<byte>(c.In<byte>(input), element.Size())) : none;
    }
}
