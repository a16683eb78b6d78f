namespace Headroom.Conformance.Tests.Onnx;

/// <summary>What Headroom is to take of ONNX. A case outside is skipped, whatever the product does with it; a case inside must pass.</summary>
internal static class Scope
{
    private static readonly HashSet<string> Operators = [.. (
        "MatMul Gemm Conv MaxPool AveragePool GlobalAveragePool BatchNormalization LayerNormalization Attention Softmax LogSoftmax SoftmaxCrossEntropyLoss Gelu Relu Sigmoid Tanh Clip Add Sub Mul Div Pow Sqrt " +
        "Exp Log Neg Where Equal Cast ReduceMean ReduceSum ReduceMax Reshape Flatten Transpose Squeeze Unsqueeze Expand Concat Split Slice Gather Dropout Identity Constant Shape " +
        "ConvTranspose RMSNormalization GroupNormalization InstanceNormalization LRN RotaryEmbedding LeakyRelu Elu Swish HardSwish HardSigmoid Erf Reciprocal Abs Min Max Greater Less GreaterOrEqual LessOrEqual " +
        "Not And Or Xor ReduceMin ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceProd ReduceSumSquare ArgMax ArgMin TopK CumSum Tile Pad GatherElements GatherND ScatterElements ScatterND Resize " +
        "DepthToSpace SpaceToDepth ConstantOfShape Range OneHot Einsum CastLike Mod Size Trilu EyeLike NegativeLogLikelihoodLoss Sum Mean Sign Ceil Floor Round Sin Cos Softplus Softsign Selu Celu " +
        "ThresholdedRelu PRelu Mish SwiGLU Hardmax GlobalMaxPool LpNormalization MeanVarianceNormalization IsNaN IsInf QuantizeLinear DequantizeLinear LSTM GRU RNN").Split(' ')];

    private const ulong OldestOpset = 7;

    /// <summary>float, uint8, int8, int32, int64, bool, float16, double, bfloat16.</summary>
    private static readonly HashSet<ulong> Types = [1, 2, 3, 6, 7, 9, 10, 11, 16];

    /// <summary>Why a model is outside, or null.</summary>
    public static string? Outside(ModelScan model)
    {
        string[] unknown = [.. model.Operators.Where(o => !Operators.Contains(o)).Order(StringComparer.Ordinal)];
        if (unknown.Length > 0) return $"{string.Join(", ", unknown)} is outside the operators";
        if (model.Beyond.Count > 0) return $"it has {string.Join(", ", model.Beyond)}";
        ulong[] types = [.. model.Types.Where(t => !Types.Contains(t)).Order()];
        if (types.Length > 0) return $"it has tensors of type {string.Join(", ", types)}";
        return model.Opset < OldestOpset ? $"opset {model.Opset}" : null;
    }
}
