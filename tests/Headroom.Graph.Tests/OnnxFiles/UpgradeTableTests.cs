using System.Reflection;
using Headroom.Graph.Onnx;
using Headroom.Graph.Onnx.Upgrades;

namespace Headroom.Graph.Tests.OnnxFiles;

/// <summary>Every operator that a file may have, the opsets of its forms from 7 on (https://github.com/onnx/onnx/blob/main/docs/Changelog.md), and the rules that lift it. Where there is none the newer form reads the older.</summary>
public sealed class UpgradeTableTests
{
    private static readonly (string Op, int[] Forms, string[] Rules)[] Table =
    [
        ("Abs", [6, 13], []),
        ("Add", [7, 13, 14], []),
        ("And", [7], []),
        ("ArgMax", [1, 11, 12, 13], []),
        ("ArgMin", [1, 11, 12, 13], []),
        ("Attention", [23, 24, 25], []),
        ("AveragePool", [7, 10, 11, 19, 22], []),
        ("BatchNormalization", [7, 9, 14, 15], ["BatchNormalizationSpatial", "BatchNormalizationMode"]),
        ("Cast", [6, 9, 13, 19, 21, 23, 24, 25], []),
        ("CastLike", [15, 19, 21, 23, 24, 25], []),
        ("Ceil", [6, 13], []),
        ("Celu", [12, 28], []),
        ("Clip", [6, 11, 12, 13], ["ClipLimits"]),
        ("Concat", [4, 11, 13], []),
        ("Constant", [1, 9, 11, 12, 13, 19, 21, 23, 24, 25], []),
        ("ConstantOfShape", [9, 20, 21, 23, 24, 25], []),
        ("Conv", [1, 11, 22], []),
        ("ConvTranspose", [1, 11, 22], []),
        ("Cos", [7, 22], []),
        ("CumSum", [11, 14], []),
        ("DepthToSpace", [1, 11, 13], []),
        ("DequantizeLinear", [10, 13, 19, 21, 23, 24, 25], []),
        ("Div", [7, 13, 14], []),
        ("Dropout", [7, 10, 12, 13, 22], ["DropoutRatio", "DropoutMask"]),
        ("Einsum", [12], []),
        ("Elu", [6, 22], []),
        ("Equal", [7, 11, 13, 19], []),
        ("Erf", [9, 13], []),
        ("Exp", [6, 13], []),
        ("Expand", [8, 13], []),
        ("EyeLike", [9, 22], []),
        ("RandomNormalLike", [1, 22], []),
        ("RandomUniformLike", [1, 22], []),
        ("Flatten", [1, 9, 11, 13, 21, 23, 24, 25], []),
        ("Floor", [6, 13], []),
        ("GRU", [7, 14, 22], []),
        ("Gather", [1, 11, 13], []),
        ("GatherElements", [11, 13], []),
        ("GatherND", [11, 12, 13], []),
        ("Gelu", [20], []),
        ("Gemm", [7, 9, 11, 13], []),
        ("GlobalAveragePool", [1, 22], []),
        ("GlobalMaxPool", [1, 22], []),
        ("Greater", [7, 9, 13], []),
        ("GreaterOrEqual", [12, 16], []),
        ("GroupNormalization", [18, 21], ["GroupNormalizationScales"]),
        ("HardSigmoid", [6, 22], []),
        ("HardSwish", [14, 22], []),
        ("Hardmax", [1, 11, 13], ["FlattenedSoftmax"]),
        ("Identity", [1, 13, 14, 16, 19, 21, 23, 24, 25], []),
        ("InstanceNormalization", [6, 22], []),
        ("IsInf", [10, 20], []),
        ("IsNaN", [9, 13, 20], []),
        ("LRN", [1, 13], []),
        ("LSTM", [7, 14, 22], []),
        ("LayerNormalization", [17], []),
        ("LeakyRelu", [6, 16], []),
        ("Less", [7, 9, 13], []),
        ("LessOrEqual", [12, 16], []),
        ("Log", [6, 13], []),
        ("LogSoftmax", [1, 11, 13], ["FlattenedSoftmax"]),
        ("LpNormalization", [1, 22], []),
        ("MatMul", [1, 9, 13], []),
        ("Max", [6, 8, 12, 13], []),
        ("MaxPool", [1, 8, 10, 11, 12, 22], []),
        ("Mean", [6, 8, 13], []),
        ("MeanVarianceNormalization", [9, 13], []),
        ("Min", [6, 8, 12, 13], []),
        ("Mish", [18, 22], []),
        ("Mod", [10, 13], []),
        ("Mul", [7, 13, 14], []),
        ("Neg", [6, 13], []),
        ("NegativeLogLikelihoodLoss", [12, 13, 22], []),
        ("Not", [1], []),
        ("OneHot", [9, 11], ["OneHotIndices"]),
        ("Or", [7], []),
        ("PRelu", [7, 9, 16], []),
        ("Pad", [2, 11, 13, 18, 19, 21, 23, 24, 25], ["PadsToInput"]),
        ("Pow", [7, 12, 13, 15], []),
        ("QuantizeLinear", [10, 13, 19, 21, 23, 24, 25], []),
        ("RMSNormalization", [23], []),
        ("RNN", [7, 14, 22], []),
        ("Range", [11, 27], []),
        ("Reciprocal", [6, 13], []),
        ("ReduceL1", [1, 11, 13, 18], ["ReduceAxesToInput"]),
        ("ReduceL2", [1, 11, 13, 18], ["ReduceAxesToInput"]),
        ("ReduceLogSum", [1, 11, 13, 18], ["ReduceAxesToInput"]),
        ("ReduceLogSumExp", [1, 11, 13, 18], ["ReduceAxesToInput"]),
        ("ReduceMax", [1, 11, 12, 13, 18, 20], ["ReduceAxesToInput"]),
        ("ReduceMean", [1, 11, 13, 18], ["ReduceAxesToInput"]),
        ("ReduceMin", [1, 11, 12, 13, 18, 20], ["ReduceAxesToInput"]),
        ("ReduceProd", [1, 11, 13, 18], ["ReduceAxesToInput"]),
        ("ReduceSum", [1, 11, 13], ["AxesToInput"]),
        ("ReduceSumSquare", [1, 11, 13, 18], ["ReduceAxesToInput"]),
        ("Relu", [6, 13, 14], []),
        ("Reshape", [5, 13, 14, 19, 21, 23, 24, 25], []),
        ("Resize", [10, 11, 13, 18, 19], ["ResizeCoordinates", "ResizeNearestPixels", "ResizeEmptyInputs"]),
        ("RotaryEmbedding", [23], []),
        ("Round", [11, 22], []),
        ("Scatter", [9, 11], ["ScatterName"]),
        ("ScatterElements", [11, 13, 16, 18], []),
        ("ScatterND", [11, 13, 16, 18], []),
        ("Selu", [6, 22], []),
        ("Shape", [1, 13, 15, 19, 21, 23, 24, 25], []),
        ("Sigmoid", [6, 13], []),
        ("Sign", [9, 13], []),
        ("Sin", [7, 22], []),
        ("Size", [1, 13, 19, 21, 23, 24, 25], []),
        ("Slice", [1, 10, 11, 13], ["SliceToInputs"]),
        ("Softmax", [1, 11, 13], ["FlattenedSoftmax"]),
        ("SoftmaxCrossEntropyLoss", [12, 13], []),
        ("Softplus", [1, 22], []),
        ("Softsign", [1, 22], []),
        ("SpaceToDepth", [1, 13], []),
        ("Split", [2, 11, 13, 18], ["SplitSizes"]),
        ("Sqrt", [6, 13], []),
        ("Squeeze", [1, 11, 13, 21, 23, 24, 25], ["AxesToInput"]),
        ("Sub", [7, 13, 14], []),
        ("Sum", [6, 8, 13], []),
        ("SwiGLU", [28], []),
        ("Swish", [24], []),
        ("Tanh", [6, 13], []),
        ("ThresholdedRelu", [10, 22], []),
        ("Tile", [6, 13], []),
        ("TopK", [1, 10, 11, 24], ["TopKToInput"]),
        ("Transpose", [1, 13, 21, 23, 24, 25], []),
        ("Trilu", [14], []),
        ("Unsqueeze", [1, 11, 13, 21, 23, 24, 25], ["AxesToInput"]),
        ("Upsample", [7, 9, 10], ["UpsampleToResize"]),
        ("Where", [9, 16], []),
        ("Xor", [7], []),
    ];

    [Fact]
    public void The_table_names_the_rules_that_there_are()
    {
        foreach ((string op, _, string[] rules) in Table)
            Assert.Equal(rules, UpgradeRules.All.Where(r => r.Operators.Contains(op)).OrderBy(r => r.Before).Select(r => r.GetType().Name));
        Assert.Empty(UpgradeRules.All.SelectMany(r => r.Operators).Except(Table.Select(t => t.Op)));
    }

    [Fact]
    public void A_rule_lifts_to_a_form_that_onnx_has()
    {
        foreach (Upgrade rule in UpgradeRules.All.Where(r => r.Before != Upgrade.Always))
        {
            foreach (string op in rule.Operators)
            {
                string becomes = rule.Becomes(op);
                Assert.Contains(rule.Before, Table.Where(t => t.Op == op || t.Op == becomes).SelectMany(t => t.Forms));
            }
        }
    }

    [Fact]
    public void Every_operator_reads_the_form_it_has_in_opset_13_or_its_first()
    {
        Dictionary<string, int[]> forms = Table.ToDictionary(t => t.Op, t => t.Forms);
        var faults = new List<string>();
        foreach (Type type in typeof(Operator).Assembly.GetTypes())
        {
            if (type.GetCustomAttribute<OnnxOperatorAttribute>() is not { } mark) continue;
            string op = mark.Name ?? type.Name;
            if (!forms.TryGetValue(op, out int[]? known)) continue;
            int lifted = UpgradeRules.All.Where(r => r.Operators.Contains(op) && r.Before != Upgrade.Always).Select(r => r.Before).Append(0).Max();
            int oldest = Math.Max(Math.Max(13, lifted), known[0]);
            if (mark.Since > oldest) faults.Add($"{op} is read since opset {mark.Since}, files have it since {oldest}");
        }
        Assert.Empty(faults);
    }

    [Fact]
    public void Operators_and_table_agree_on_what_onnx_has()
        => Assert.Empty(OnnxOperators.Names.Except(Table.Select(t => t.Op)));
}
