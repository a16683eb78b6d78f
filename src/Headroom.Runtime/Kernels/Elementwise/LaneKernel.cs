using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Elementwise;

/// <summary>
/// A function of one or two floating numbers with parameters, over whole registers only: ends of rows go through the same code, so a result doesn't depend on how the work was shared out.
/// A function of one number looks at <c>a</c> alone.
/// </summary>
internal interface ILaneFunction
{
    Vector512<T> Of<T>(Vector512<T> a, Vector512<T> b) where T : unmanaged;
}

/// <summary>Elementwise functions of floating tensors whose libtorch forms take a <c>Scalar</c>, or would be several passes. Any strides; the result may lie over an operand that is not broadcast.</summary>
internal abstract class LaneKernel<TOperator, TFunction> : Kernel<TOperator> where TOperator : Operator where TFunction : unmanaged, ILaneFunction
{
    /// <summary>The function with the operator's parameters.</summary>
    protected virtual TFunction Function(TOperator op, KernelContext c) => default;

    /// <summary>Which input is the second operand: 0 for functions of one number.</summary>
    protected virtual int Second => 1;

    protected sealed override void Run(TOperator op, KernelContext c) => LaneLoops.Run(c, c.Input(0), c.Input(Second), Function(op, c));
}

/// <summary>A function of one number.</summary>
internal abstract class MapKernel<TOperator, TFunction> : LaneKernel<TOperator, TFunction> where TOperator : Operator where TFunction : unmanaged, ILaneFunction
{
    protected sealed override int Second => 0;
}

/// <summary>A function over a node's output, in the loop of its element type.</summary>
internal static unsafe class LaneLoops
{
    // Below this many elements a second thread costs more than it brings.
    private const long Grain = 1 << 14;

    public static void Run<TFunction>(KernelContext c, Tensor a, Tensor b, TFunction f) where TFunction : unmanaged, ILaneFunction
    {
        TensorType type = c.Signature.Output(0);
        if (type.Elements == 0) return;
        Walk walk = Walk.Create(type.Shape, a, b, c.Node.Name);
        switch (type.Element)
        {
            case ElementType.Float32: Run<float, NativeLanes<float>, TFunction>(c, a, b, walk, f); break;
            case ElementType.Float64: Run<double, NativeLanes<double>, TFunction>(c, a, b, walk, f); break;
            case ElementType.BFloat16: Run<float, BFloat16Lanes, TFunction>(c, a, b, walk, f); break;
            case ElementType.Float16: Run<float, HalfLanes, TFunction>(c, a, b, walk, f); break;
            default: throw new GraphException($"node '{c.Node.Name}' ({c.Node.Operator.Name}): no kernel for {type}");
        }
    }

    private static void Run<T, TLanes, TFunction>(KernelContext c, Tensor a, Tensor b, Walk walk, TFunction f)
        where T : unmanaged where TLanes : unmanaged, ILanes<T> where TFunction : unmanaged, ILaneFunction
        => Workers.For(new LaneLoop<T, TLanes, TFunction> { Walk = walk, A = (byte*)a.Data, B = (byte*)b.Data, Out = (byte*)c.Output(0).Data, Function = f }, walk.Count, Grain);
}

/// <summary>All runs of a walk, shared out by elements.</summary>
internal unsafe struct LaneLoop<T, TLanes, TFunction> : IRangeKernel where T : unmanaged where TLanes : struct, ILanes<T> where TFunction : struct, ILaneFunction
{
    public Walk Walk;
    public byte* A, B, Out;
    public TFunction Function;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(long begin, long end)
    {
        TFunction f = Function;
        int lanes = Vector512<T>.Count, size = TLanes.Bytes;
        long inner = Walk.Inner, run = begin / inner, column = begin % inner, sa = Walk.StrideA, sb = Walk.StrideB;
        for (long at = begin; at < end; run++, column = 0)
        {
            long n = Math.Min(inner - column, end - at), i = 0;
            (long startA, long startB) = Walk.At(run);
            byte* a = A + (startA + column * sa) * size, b = B + (startB + column * sb) * size, o = Out + at * size;
            if (sa is 0 or 1 && sb is 0 or 1)
            {
                for (; i + lanes <= n; i += lanes)
                    TLanes.Store(o + i * size, f.Of(Lanes.Load<T, TLanes>(a + i * sa * size, sa, lanes), Lanes.Load<T, TLanes>(b + i * sb * size, sb, lanes)));
            }
            for (; i < n; i += lanes)
            {
                long some = Math.Min(lanes, n - i);
                Lanes.Store<T, TLanes>(o + i * size, some, f.Of(Lanes.Load<T, TLanes>(a + i * sa * size, sa, some), Lanes.Load<T, TLanes>(b + i * sb * size, sb, some)));
            }
            at += n;
        }
    }
}
