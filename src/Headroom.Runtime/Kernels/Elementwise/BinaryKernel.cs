using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Elementwise;

/// <summary>
/// Elementwise functions of two tensors, of our own because libtorch's <c>add</c> and <c>sub</c> can't be told where to write through its C interface. Memory-bound, so nothing is lost by it.
/// Any strides, any broadcasting, every numeric type; the result may lie over an operand that is not broadcast.
/// </summary>
internal abstract class BinaryKernel<TOperator, TFunction> : Kernel<TOperator> where TOperator : Operator where TFunction : struct, IBinaryFunction
{
    // Below this many elements a second thread costs more than it brings.
    private const long Grain = 1 << 15;

    protected sealed override void Run(TOperator op, KernelContext c) => Run(c, c.Input(0), c.Input(Second));

    /// <summary>Which input is the second operand.</summary>
    protected virtual int Second => 1;

    internal static void Run(KernelContext c, Tensor a, Tensor b)
    {
        TensorType type = c.Signature.Output(0);
        if (type.Elements == 0) return;
        Walk walk = Walk.Create(type.Shape, a, b, c.Node.Name);
        switch (type.Element)
        {
            case ElementType.Float32: Run<NativeRow<float>>(c, a, b, walk); break;
            case ElementType.BFloat16: Run<BFloat16Row>(c, a, b, walk); break;
            case ElementType.Float16: Run<HalfRow>(c, a, b, walk); break;
            case ElementType.Float64: Run<NativeRow<double>>(c, a, b, walk); break;
            case ElementType.Int8: Run<NativeRow<sbyte>>(c, a, b, walk); break;
            case ElementType.UInt8: Run<NativeRow<byte>>(c, a, b, walk); break;
            case ElementType.Int32: Run<NativeRow<int>>(c, a, b, walk); break;
            case ElementType.Int64: Run<NativeRow<long>>(c, a, b, walk); break;
            default: throw new GraphException($"node '{c.Node.Name}' ({c.Node.Operator.Name}): no kernel for {type}");
        }
    }

    private static unsafe void Run<TRow>(KernelContext c, Tensor a, Tensor b, Walk walk) where TRow : struct, IRow
        => Workers.For(new WalkKernel<TRow, TFunction> { Walk = walk, A = (byte*)a.Data, B = (byte*)b.Data, Out = (byte*)c.Output(0).Data }, walk.Count, Grain);
}

internal sealed class AddKernel : BinaryKernel<Add, AddFunction>;

internal sealed class SubKernel : BinaryKernel<Sub, SubFunction>;

internal sealed class MulKernel : BinaryKernel<Mul, MulFunction>;

internal sealed class DivKernel : BinaryKernel<Div, DivFunction>;
