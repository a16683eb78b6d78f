using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Elementwise;

/// <summary>Powers: of floating numbers by libtorch, which takes exponents of any type; of integers by a loop of our own, since libtorch would give a floating result for a floating exponent.</summary>
internal sealed class PowKernel() : PairKernel<Pow>(new AtenOperator("aten::pow", "Tensor_Tensor_out"))
{
    private static readonly AtenOperator Root = new("aten::sqrt", "out");

    protected override void Run(Pow op, KernelContext c)
    {
        TensorType type = c.Signature.Output(0);
        // The two that models are full of cost a product and a root.
        double? exponent = c.Signature.Input(0).Shape == type.Shape ? Pow.Exponent(c.Signature) : null;
        if (exponent == 2) BinaryKernel<Mul, MulFunction>.Run(c, c.Input(0), c.Input(0));
        else if (!type.Element.IsFloat()) Integers(c, type);
        else if (exponent == 0.5) c.Call(Root).Tensor(c.Input(0)).Tensor(c.Output(0)).InvokeInPlace();
        else base.Run(op, c);
    }

    private static unsafe void Integers(KernelContext c, TensorType type)
    {
        if (type.Elements == 0) return;
        Tensor x = c.Input(0), y = c.Input(1);
        Walk walk = Walk.Create(type.Shape, x, y, c.Node.Name);
        var loop = new Loop { Walk = walk, X = (byte*)x.Data, Y = (byte*)y.Data, Z = c.Out<byte>(0), Base = type.Element, Exponent = c.Signature.Input(1).Element };
        Workers.For(loop, type.Elements, 1 << 12);
    }

    private unsafe struct Loop : IRangeKernel
    {
        public Walk Walk;
        public byte* X, Y, Z;
        public ElementType Base, Exponent;

        public readonly void Run(long begin, long end)
        {
            int x = Base.Size(), y = Exponent.Size();
            for (long i = begin; i < end; i++)
            {
                (long a, long b) = Walk.At(i / Walk.Inner);
                ReadOnlySpan<byte> from = new(X + (a + i % Walk.Inner * Walk.StrideA) * x, x), exponent = new(Y + (b + i % Walk.Inner * Walk.StrideB) * y, y);
                long n = Numbers.ReadInteger(Base, from);
                long power = Exponent.IsFloat() ? Numbers.Saturate(Base, Math.Pow(n, Numbers.Read(Exponent, exponent))) : Pow.Of(n, Numbers.ReadInteger(Exponent, exponent));
                Numbers.WriteInteger(Base, power, new Span<byte>(Z + i * x, x));
            }
        }
    }
}
