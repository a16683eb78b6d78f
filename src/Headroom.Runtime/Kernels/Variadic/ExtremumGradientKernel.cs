using System.Numerics;
using System.Runtime.CompilerServices;
using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Elementwise;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Variadic;

/// <summary>Finds the extremum again, a block at a time, counts who holds it, and gives each of those its share of dy.</summary>
internal sealed class ExtremumGradientKernel : Kernel<ExtremumGradient>
{
    protected override void Run(ExtremumGradient op, KernelContext c)
    {
        TensorType type = c.Signature.Output(0);
        if (type.Elements == 0) return;
        switch (type.Element)
        {
            case ElementType.Float32: Run<NativeStorage<float>, float>(op, c, type); break;
            case ElementType.Float64: Run<NativeStorage<double>, double>(op, c, type); break;
            case ElementType.Float16: Run<HalfStorage, float>(op, c, type); break;
            case ElementType.BFloat16: Run<BFloat16Storage, float>(op, c, type); break;
            default: throw new GraphException($"node '{c.Node.Name}' ({c.Node.Operator.Name}): no kernel for {type}");
        }
    }

    private static void Run<TStorage, T>(ExtremumGradient op, KernelContext c, TensorType type) where TStorage : struct, IStorage<T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (op.Largest) Run<TStorage, T, MaxFunction>(c, type);
        else Run<TStorage, T, MinFunction>(c, type);
    }

    private static unsafe void Run<TStorage, T, TFunction>(KernelContext c, TensorType type)
        where TStorage : struct, IStorage<T> where T : unmanaged, IFloatingPointIeee754<T> where TFunction : struct, IBinaryFunction
    {
        Operand[] operands = Operand.All(c, type.Shape, 0);
        var outputs = new nint[operands.Length - 1];
        for (int o = 0; o < outputs.Length; o++) outputs[o] = c.Wants(o) ? (nint)c.Output(o).Data : 0;
        fixed (Operand* first = operands)
        fixed (nint* to = outputs)
            Workers.For(new Loop<TStorage, T, TFunction> { Gradient = first, Operands = first + 1, Count = outputs.Length, Outputs = to }, type.Elements, 1 << 13);
    }

    private unsafe struct Loop<TStorage, T, TFunction> : IRangeKernel
        where TStorage : struct, IStorage<T> where T : unmanaged, IFloatingPointIeee754<T> where TFunction : struct, IBinaryFunction
    {
        private const int Block = 512;

        public Operand* Gradient, Operands;
        public int Count;
        public nint* Outputs;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long begin, long end)
        {
            T* extremum = stackalloc T[Block], next = stackalloc T[Block], holders = stackalloc T[Block], share = stackalloc T[Block];
            for (long at = begin; at < end; at += Block)
            {
                long n = Math.Min(Block, end - at);
                Operands[0].Load<TStorage, T>(at, n, extremum);
                for (int k = 1; k < Count; k++)
                {
                    Operands[k].Load<TStorage, T>(at, n, next);
                    NativeRow<T>.Run<TFunction>(extremum, 1, next, 1, extremum, n);
                }
                new Span<T>(holders, (int)n).Clear();
                for (int k = 0; k < Count; k++)
                {
                    Operands[k].Load<TStorage, T>(at, n, next);
                    for (long i = 0; i < n; i++) if (Holds(next[i], extremum[i])) holders[i] += T.One;
                }
                Gradient->Load<TStorage, T>(at, n, share);
                NativeRow<T>.Run<DivFunction>(share, 1, holders, 1, share, n);
                for (int k = 0; k < Count; k++)
                {
                    if (Outputs[k] == 0) continue;
                    Operands[k].Load<TStorage, T>(at, n, next);
                    for (long i = 0; i < n; i++) TStorage.Write((void*)Outputs[k], at + i, Holds(next[i], extremum[i]) ? share[i] : T.Zero);
                }
            }
        }

        // A NaN among the operands is the result, so it holds it.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static bool Holds(T x, T extremum) => x == extremum || (T.IsNaN(x) && T.IsNaN(extremum));
    }
}
