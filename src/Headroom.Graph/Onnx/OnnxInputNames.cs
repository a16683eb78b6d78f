namespace Headroom.Graph.Onnx;

/// <summary>What ONNX calls the inputs of its operators: messages name them so.</summary>
/// <remarks>https://github.com/onnx/onnx/blob/main/docs/Operators.md.</remarks>
internal static class OnnxInputNames
{
    private const string Table = """
        Abs X
        Add A B
        And A B
        ArgMax data
        ArgMin data
        Attention Q K V attn_mask past_key past_value nonpad_kv_seqlen
        AveragePool X
        BatchNormalization X scale B input_mean input_var
        Cast input
        CastLike input target_type
        Ceil X
        Celu X
        Clip input min max
        Concat inputs...
        ConstantOfShape input
        Conv X W B
        ConvTranspose X W B
        Cos input
        CumSum x axis
        DepthToSpace input
        DequantizeLinear x x_scale x_zero_point
        Div A B
        Dropout data ratio training_mode
        Einsum Inputs...
        Elu X
        Equal A B
        Erf input
        Exp input
        Expand input shape
        EyeLike input
        Flatten input
        Floor X
        GRU X W R B sequence_lens initial_h
        Gather data indices
        GatherElements data indices
        GatherND data indices
        Gelu X
        Gemm A B C
        GlobalAveragePool X
        GlobalMaxPool X
        Greater A B
        GreaterOrEqual A B
        GroupNormalization X scale bias
        HardSigmoid X
        HardSwish X
        Hardmax input
        Identity input
        InstanceNormalization input scale B
        IsInf X
        IsNaN X
        LRN X
        LSTM X W R B sequence_lens initial_h initial_c P
        LayerNormalization X Scale B
        LeakyRelu X
        Less A B
        LessOrEqual A B
        Log input
        LogSoftmax input
        LpNormalization input
        MatMul A B
        Max data...
        MaxPool X
        Mean data...
        MeanVarianceNormalization X
        Min data...
        Mish X
        Mod A B
        Mul A B
        Neg X
        NegativeLogLikelihoodLoss input target weight
        Not X
        OneHot indices depth values
        Or A B
        PRelu X slope
        Pad data pads constant_value axes
        Pow X Y
        QuantizeLinear x y_scale y_zero_point
        RMSNormalization X scale
        RNN X W R B sequence_lens initial_h
        Range start limit delta
        Reciprocal X
        ReduceL1 data axes
        ReduceL2 data axes
        ReduceLogSum data axes
        ReduceLogSumExp data axes
        ReduceMax data axes
        ReduceMean data axes
        ReduceMin data axes
        ReduceProd data axes
        ReduceSum data axes
        ReduceSumSquare data axes
        Relu X
        Reshape data shape
        Resize X roi scales sizes
        RotaryEmbedding X cos_cache sin_cache position_ids
        Round X
        ScatterElements data indices updates
        ScatterND data indices updates
        Selu X
        Shape data
        Sigmoid X
        Sign input
        Sin input
        Size data
        Slice data starts ends axes steps
        Softmax input
        SoftmaxCrossEntropyLoss scores labels weights
        Softplus X
        Softsign input
        SpaceToDepth input
        Split input split
        Sqrt X
        Squeeze data axes
        Sub A B
        Sum data...
        SwiGLU A B
        Swish X
        Tanh input
        ThresholdedRelu X
        Tile input repeats
        TopK X K
        Transpose data
        Trilu input k
        Unsqueeze data axes
        Where condition X Y
        Xor A B
        """;

    private static readonly Lazy<Dictionary<string, string[]>> Names = new(() => Table
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(line => line.Split(' '))
        .ToDictionary(words => words[0], words => words[1..], StringComparer.Ordinal));

    /// <summary>An input's name; null for what ONNX doesn't have. A name that ends in dots is that of all further ones, which are numbered.</summary>
    public static string? Of(Operator op, int input)
    {
        if (op.Domain.Length > 0 || !Names.Value.TryGetValue(op.Name, out string[]? names)) return null;
        if (names[^1].EndsWith("...", StringComparison.Ordinal) && input >= names.Length - 1) return $"{names[^1][..^3]}[{input - names.Length + 1}]";
        return input < names.Length ? names[input] : null;
    }
}
