using System.Numerics;
using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Elementwise;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Variadic;

/// <summary>
/// Folds any number of operands in one pass over memory, a block at a time; halves are held in fp32 until the result is written. Two operands take the way of the other binary operators.
/// The result may lie over an operand that is not broadcast.
/// </summary>
internal abstract class VariadicKernel<TOperator, TFunction> : Kernel<TOperator> where TOperator : VariadicOperator where TFunction : struct, IBinaryFunction
{
    /// <summary>Whether the result is divided by how many operands there are.</summary>
    protected virtual bool Divides => false;

    protected sealed override void Run(TOperator op, KernelContext c)
    {
        TensorType type = c.Signature.Output(0);
        if (type.Elements == 0) return;
        if (c.Signature.InputCount == 2 && !Divides)
        {
            BinaryKernel<TOperator, TFunction>.Run(c, c.Input(0), c.Input(1));
            return;
        }
        switch (type.Element)
        {
            case ElementType.Float32: Run<NativeStorage<float>, float>(c, type); break;
            case ElementType.Float64: Run<NativeStorage<double>, double>(c, type); break;
            case ElementType.Float16: Run<HalfStorage, float>(c, type); break;
            case ElementType.BFloat16: Run<BFloat16Storage, float>(c, type); break;
            case ElementType.Int8: Run<NativeStorage<sbyte>, sbyte>(c, type); break;
            case ElementType.UInt8: Run<NativeStorage<byte>, byte>(c, type); break;
            case ElementType.Int32: Run<NativeStorage<int>, int>(c, type); break;
            case ElementType.Int64: Run<NativeStorage<long>, long>(c, type); break;
            default: throw new GraphException($"node '{c.Node.Name}' ({c.Node.Operator.Name}): no kernel for {type}");
        }
    }

    private unsafe void Run<TStorage, T>(KernelContext c, TensorType type) where TStorage : struct, IStorage<T> where T : unmanaged, INumber<T>
    {
        Operand[] operands = Operand.All(c, type.Shape, 0);
        fixed (Operand* first = operands)
        {
            var loop = new VariadicLoop<TStorage, T, TFunction> { Operands = first, Count = operands.Length, Out = c.Out<byte>(0), Divisor = T.CreateTruncating(Divides ? operands.Length : 1) };
            Workers.For(loop, type.Elements, 1 << 14);
        }
    }
}

internal unsafe struct VariadicLoop<TStorage, T, TFunction> : IRangeKernel where TStorage : struct, IStorage<T> where T : unmanaged, INumber<T> where TFunction : struct, IBinaryFunction
{
    // Two buffers of 8 bytes an element stay in the first cache.
    private const int Block = 1024;

    public Operand* Operands;
    public int Count;
    public byte* Out;
    public T Divisor;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(long begin, long end)
    {
        T* sum = stackalloc T[Block], next = stackalloc T[Block];
        T divisor = Divisor;
        for (long at = begin; at < end; at += Block)
        {
            long n = Math.Min(Block, end - at);
            Operands[0].Load<TStorage, T>(at, n, sum);
            for (int k = 1; k < Count; k++)
            {
                Operands[k].Load<TStorage, T>(at, n, next);
                NativeRow<T>.Run<TFunction>(sum, 1, next, 1, sum, n);
            }
            if (divisor != T.One) NativeRow<T>.Run<DivFunction>(sum, 1, &divisor, 0, sum, n);
            for (long i = 0; i < n; i++) TStorage.Write(Out, at + i, sum[i]);
        }
    }
}

internal sealed class SumKernel : VariadicKernel<Sum, AddFunction>;

internal sealed class MeanKernel : VariadicKernel<Mean, AddFunction>
{
    protected override bool Divides => true;
}

internal sealed class MaxKernel : VariadicKernel<Max, MaxFunction>;

internal sealed class MinKernel : VariadicKernel<Min, MinFunction>;
