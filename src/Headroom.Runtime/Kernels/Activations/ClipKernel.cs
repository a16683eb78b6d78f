using Headroom.Graph;
using Headroom.Graph.Operators;
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

internal sealed class ClipGradientKernel : Kernel<ClipGradient>
{
    protected override unsafe void Run(ClipGradient op, KernelContext c)
    {
        TensorType type = c.Signature.Output(0);
        var loop = new Loop
        {
            Dy = c.In<byte>(0),
            X = c.In<byte>(1),
            Dx = c.Out<byte>(0),
            Element = type.Element,
            Min = Limit(c, 2, type.Element, double.NegativeInfinity),
            Max = Limit(c, 3, type.Element, double.PositiveInfinity),
        };
        Workers.For(loop, type.Elements, 1 << 13);
    }

    private static unsafe double Limit(KernelContext c, int input, ElementType element, double none)
        => c.Has(input) ? Numbers.Read(element, new ReadOnlySpan<byte>(c.In<byte>(input), element.Size())) : none;

    private unsafe struct Loop : IRangeKernel
    {
        public byte* Dy, X, Dx;
        public ElementType Element;
        public double Min, Max;

        public readonly void Run(long begin, long end)
        {
            switch (Element)
            {
                case ElementType.Float32:
                    for (long i = begin; i < end; i++) ((float*)Dx)[i] = Inside(((float*)X)[i]) ? ((float*)Dy)[i] : 0;
                    break;
                case ElementType.Float64:
                    for (long i = begin; i < end; i++) ((double*)Dx)[i] = Inside(((double*)X)[i]) ? ((double*)Dy)[i] : 0;
                    break;
                case ElementType.Float16:
                    for (long i = begin; i < end; i++) ((Half*)Dx)[i] = Inside((double)((Half*)X)[i]) ? ((Half*)Dy)[i] : default;
                    break;
                default:
                    for (long i = begin; i < end; i++) ((ushort*)Dx)[i] = Inside(BitConverter.UInt32BitsToSingle((uint)((ushort*)X)[i] << 16)) ? ((ushort*)Dy)[i] : default;
                    break;
            }
        }

        private readonly bool Inside(double x) => x >= Min && x <= Max;
    }
}
