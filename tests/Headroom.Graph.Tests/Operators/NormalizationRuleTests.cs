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
        Refuses(new GroupNormalization { Groups = 4 }, [F(2, 6, 3), F(6), F(6)], "6 channels", "num_groups = 4");
        Refuses(new GroupNormalization { Groups = 3 }, [F(2, 6, 3), F(3), F(3)], "scale is fp32[3]", "[6]");
        Refuses(new GroupNormalization { Groups = 3, PerGroup = true }, [F(2, 6, 3), F(3), F(6)], "bias is fp32[6]", "[3]");
        Refuses(new InstanceNormalization(), [F(2, 6), F(6), F(6)], "[batch, channels, extents...]");
        Refuses(new RMSNormalization { Axis = 1 }, [F(2, 4, 5), F(4)], "scale is fp32[4]", "[4, 5]");
        Refuses(new MeanVarianceNormalization(), [F(2, 4, 5)], "axis 3");
        Refuses(new MeanVarianceNormalization { Axes = [1, -1] }, [F(2, 4)], "axis 1 twice");
        Refuses(new LRN { Size = 0 }, [F(2, 4, 5)], "size is 0");
    }

    [Fact]
    public void Training_mode_is_read_and_gives_the_running_statistics()
    {
        var training = new Headroom.Graph.Onnx.OnnxAttributes(15);
        training.Set("training_mode", true);
        var op = (BatchNormalization)BatchNormalization.Read(training);
        Assert.True(op.TrainingMode);
        Assert.Equal([Half, F(3), F(3)], Infer(op, 3, Half, F(3), F(3), F(3), F(3)));
    }

    [Fact]
    public void A_group_normalization_of_opset_18_has_a_scale_a_group()
    {
        var a = new Headroom.Graph.Onnx.OnnxAttributes(18);
        a.Set("num_groups", 2L);
        Assert.True(((GroupNormalization)GroupNormalization.Read(a)).PerGroup);
        a = new Headroom.Graph.Onnx.OnnxAttributes(21);
        a.Set("num_groups", 2L);
        Assert.False(((GroupNormalization)GroupNormalization.Read(a)).PerGroup);
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
