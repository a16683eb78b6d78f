using Headroom.Graph.Operators;
using Headroom.Runtime.Kernels.Elementwise;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Logic;

internal sealed class EqualKernel() : PairKernel<Equal>(new AtenOperator("aten::eq", "Tensor_out"));

internal sealed class GreaterKernel() : PairKernel<Greater>(new AtenOperator("aten::gt", "Tensor_out"));

internal sealed class LessKernel() : PairKernel<Less>(new AtenOperator("aten::lt", "Tensor_out"));

internal sealed class GreaterOrEqualKernel() : PairKernel<GreaterOrEqual>(new AtenOperator("aten::ge", "Tensor_out"));

internal sealed class LessOrEqualKernel() : PairKernel<LessOrEqual>(new AtenOperator("aten::le", "Tensor_out"));

internal sealed class AndKernel() : PairKernel<And>(new AtenOperator("aten::logical_and", "out"));

internal sealed class OrKernel() : PairKernel<Or>(new AtenOperator("aten::logical_or", "out"));

internal sealed class XorKernel() : PairKernel<Xor>(new AtenOperator("aten::logical_xor", "out"));
