using Headroom.Graph.Operators;
using Headroom.Graph.Passes;
using static Headroom.Graph.Tests.Operators.Typed;

namespace Headroom.Graph.Tests.Operators;

public class NormalizationRuleTests
{
    private static readonly TensorType Half = new(ElementType.BFloat16, 4, 3, 8, 8);

    [Fact]
    public void Statistics_are_fp32_beside_16_bit_inputs()
    {
        Assert.Equal(Half, Infer(new BatchNormalization(), Half, F(3), F(3), F(3), F(3))[0]);
        Assert.Equal([Half, F(3), F(3), F(3), F(3)], Infer(new BatchNormalizationTraining(), 5, Half, F(3), F(3), F(3), F(3)));
        Assert.Equal([new TensorType(ElementType.BFloat16, 2, 5), F(2, 1), F(2, 1)], Infer(new LayerNormalization(), 3, new TensorType(ElementType.BFloat16, 2, 5), F(5), F(5)));
        Assert.Equal(F(2, 1, 1), Infer(new LayerNormalization { Axis = 1 }, 3, F(2, 4, 5), F(4, 5), null)[1]);
    }

    [Fact]
    public void Clashes_are_refused_with_their_values()
    {
        Refuses(new BatchNormalization(), [F(2, 3, 4), F(4), F(3), F(3), F(3)], "'scale' is fp32[4]", "fp32[3]");
        Refuses(new BatchNormalization { Epsilon = 0 }, [F(2, 3, 4), F(3), F(3), F(3), F(3)], "epsilon is 0");
        Refuses(new BatchNormalizationTraining(), [F(1, 3), F(3), F(3), F(3), F(3)], "one value a channel", "larger batch");
        Refuses(new LayerNormalization(), [F(2, 5), F(4), F(5)], "scale is fp32[4]", "[5]");
        Refuses(new LayerNormalization { Axis = 2 }, [F(2, 5), F(5), F(5)], "axis 2");
        Refuses(new LayerNormalization(), [F(2, 5), new TensorType(ElementType.BFloat16, 5), null], "bf16[5]");
        var training = new Headroom.Graph.Onnx.OnnxAttributes(15);
        training.Set("training_mode", true);
        Assert.Contains("training_mode", Assert.Throws<GraphException>(() => BatchNormalization.Read(training)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void In_training_the_running_statistics_are_replaced()
    {
        Value x = new("x"), scale = new("scale"), bias = new("bias"), mean = new("mean"), variance = new("variance"), y = new("y");
        State Of(Value v, StateKind kind) => new(v, F(3), kind, Initializer.Ones) { Trainable = kind == StateKind.Weight };
        var model = new Model("norm")
        {
            Inputs = [new GraphInput(x, ElementType.Float32, [4, 3])],
            States = [Of(scale, StateKind.Weight), Of(bias, StateKind.Weight), Of(mean, StateKind.Statistic), Of(variance, StateKind.Statistic)],
            Nodes = [new Node("norm", new BatchNormalization(), [x, scale, bias, mean, variance], [y])],
            Outputs = [y],
        };
        TypedGraph graph = Specialize.Run(TrainingForm.Run(model), 4);
        Assert.All(graph.States, s => Assert.Equal(s.Kind == StateKind.Statistic, s.Updated.Exists));
        Assert.Equal([1, 2], Enumerable.Range(0, 5).Where(o => graph.Nodes[0].Operator.Updates(o) >= 0));
    }
}
