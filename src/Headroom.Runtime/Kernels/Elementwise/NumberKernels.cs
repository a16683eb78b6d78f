using Headroom.Graph.Operators;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Elementwise;

internal sealed class AbsKernel() : UnaryKernel<Abs>(new AtenOperator("aten::abs", "out"));

internal sealed class ReciprocalKernel() : UnaryKernel<Reciprocal>(new AtenOperator("aten::reciprocal", "out"));

internal sealed class SinKernel() : UnaryKernel<Sin>(new AtenOperator("aten::sin", "out"));

internal sealed class CosKernel() : UnaryKernel<Cos>(new AtenOperator("aten::cos", "out"));

internal sealed class CeilKernel() : UnaryKernel<Ceil>(new AtenOperator("aten::ceil", "out"));

internal sealed class FloorKernel() : UnaryKernel<Floor>(new AtenOperator("aten::floor", "out"));

// Halves go to the even neighbour, as ONNX has it.
internal sealed class RoundKernel() : UnaryKernel<Round>(new AtenOperator("aten::round", "out"));

// On bools, logical_not; that one's own .out is no structured kernel.
internal sealed class NotKernel() : UnaryKernel<Not>(new AtenOperator("aten::bitwise_not", "out"));

// libtorch's sign makes a NaN 0.
internal sealed class SignKernel : BinaryKernel<Sign, SignFunction>
{
    protected override int Second => 0;
}
