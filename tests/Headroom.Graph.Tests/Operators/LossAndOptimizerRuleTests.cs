using Headroom.Graph.Operators;
using Headroom.Graph.Passes;
using static Headroom.Graph.Tests.Operators.Typed;

namespace Headroom.Graph.Tests.Operators;

public class LossAndOptimizerRuleTests
{
    private static readonly TensorType Scalar = F(), Step = I();

    [Fact]
    public void The_loss_has_the_scores_type_and_training_s_is_fp32_whatever_they_are()
    {
        foreach (ElementType element in (ElementType[])[ElementType.BFloat16, ElementType.Float16, ElementType.Float32, ElementType.Float64])
        {
            Assert.Equal(new TensorType(element), Infer(new SoftmaxCrossEntropyLoss(), new TensorType(element, 4, 9), I(4))[0]);
            Assert.Equal(new TensorType(element), Infer(new NegativeLogLikelihoodLoss(), new TensorType(element, 4, 9), I(4))[0]);
        }
        Assert.Equal(Scalar, Infer(new SoftmaxCrossEntropyLossTraining(), 2, new TensorType(ElementType.Float16, 4, 9), I(4))[0]);
        Assert.Equal([F(4, 2), F(4, 2)], Infer(new SoftmaxCrossEntropyLossTraining { Reduction = LossReduction.None }, 2, new TensorType(ElementType.BFloat16, 4, 9, 2), I(4, 2)));
        Assert.Equal(1, new SoftmaxCrossEntropyLossGradient().MayOverwrite(0));
    }

    [Fact] // with its log-probabilities it keeps its inference form, whose loss has the scores' type
    public void Under_mixed_precision_a_loss_that_keeps_its_form_reads_fp32_scores()
    {
        var m = new ModelBuilder("loss");
        Value scores = m.Linear(m.Input("x", ElementType.Float32, 4, 8), 8, 5, "head");
        Value loss = new("loss"), all = new("log_probabilities");
        Model model = m.Build(scores);
        model = model with { Inputs = [.. model.Inputs, new GraphInput(new("y"), ElementType.Int64, [4])], Nodes = [.. model.Nodes, new Node("loss", new SoftmaxCrossEntropyLoss(), [scores, new("y")], [loss, all])], Outputs = [loss, all] };
        TypedGraph graph = Specialize.Run(MixedPrecision.Run(TrainingForm.Run(model), ElementType.BFloat16), 4);
        Assert.Equal(Scalar, graph.Type(loss));
        Assert.Contains(graph.Nodes, n => n.Operator is Gemm or MatMul && graph.Type(n.Outputs[0]).Element == ElementType.BFloat16);
    }

    [Fact]
    public void The_foremost_keep_their_indices_in_a_training_step()
    {
        var m = new ModelBuilder("top");
        Model model = m.Build(m.Add(new TopK(), m.Input("x", ElementType.Float32, 3, 5), m.Constant(TensorData.Longs(2))));
        Node trained = Assert.Single(TrainingForm.Run(model).Nodes);
        Assert.Equal(2, trained.Outputs.Length);
        Assert.Equal(model.Nodes[0].Outputs[0], trained.Outputs[0]);
    }

    [Fact]
    public void Clashing_losses_are_refused_with_their_values()
    {
        Refuses(new SoftmaxCrossEntropyLoss(), [F(4, 9), I(5)], "[4, 9]", "labels [4]", "[5]");
        Refuses(new SoftmaxCrossEntropyLoss(), [F(4, 9), F(4)], "class indices");
        Refuses(new SoftmaxCrossEntropyLoss(), [F(4), I(4)], "[rows, classes]");
        Refuses(new SoftmaxCrossEntropyLoss(), [F(4, 9), I(4), F(8)], "class weights are fp32[8]", "fp32[9]");
        var a = new Headroom.Graph.Onnx.OnnxAttributes(13);
        a.Set("reduction", "median");
        Assert.Contains("median", Assert.Throws<GraphException>(() => SoftmaxCrossEntropyLoss.Read(a)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_dropouts_of_a_model_draw_from_streams_of_their_own()
    {
        Value x = new("x"), h = new("h"), y = new("y");
        var model = new Model("dropout")
        {
            Inputs = [new GraphInput(x, ElementType.Float32, [4, 3])],
            Nodes = [new Node("first", new Dropout(), [x], [h]), new Node("second", new Dropout(), [h], [y])],
            Outputs = [y],
        };
        TypedGraph graph = Specialize.Run(TrainingForm.Run(model), 4);
        Assert.Equal(2, graph.Nodes.Select(n => ((DropoutTraining)n.Operator).Stream).Distinct().Count());
        Assert.Equal(2, graph.Inputs.Count(i => i.Type == Step));
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(-0.1f)]
    [InlineData(float.NaN)]
    public void A_ratio_outside_its_range_is_refused(float ratio)
    {
        var b = new TypedBuilder("ratio");
        Value x = b.Input(new("x"), F(4));
        Assert.Contains("the ratio is", Assert.Throws<GraphException>(() => b.Add(new Dropout(), x, b.Constant(TensorData.Scalar(ratio)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Optimizers_replace_their_states_in_place()
    {
        var half = new TensorType(ElementType.BFloat16, 8);
        Assert.Equal([F(8), F(8), F(8), half], Infer(new AdamW(), 4, F(8), half, F(8), F(8), Scalar, Step, Scalar, half));
        Assert.Equal([0, 2, 3, 7], Enumerable.Range(0, 4).Select(new AdamW().Updates));
        Assert.Equal([F(8), F(8)], Infer(new Sgd { Momentum = 0.9 }, 2, F(8), F(8), F(8), Scalar));
        Assert.Equal([0, 2, 5], Enumerable.Range(0, 3).Select(new Sgd().Updates));
        Assert.Equal(0, new Accumulate().Updates(0));
    }

    [Fact]
    public void Clashing_optimizers_are_refused_with_their_values()
    {
        Refuses(new AdamW(), [F(8), F(7), F(8), F(8), Scalar, Step], "the gradient is fp32[7]");
        Refuses(new AdamW(), [F(8), F(8), F(8), F(9), Scalar, Step], "(input 3) is fp32[9]");
        Refuses(new AdamW(), [F(8), F(8), F(8), F(8), Scalar, Scalar], "the step is fp32[]");
        Refuses(new AdamW { Beta1 = 1 }, [F(8), F(8), F(8), F(8), Scalar, Step], "beta1 is 1");
        Refuses(new AdamW(), [new TensorType(ElementType.BFloat16, 8), F(8), F(8), F(8), Scalar, Step], "fp32 master");
        Refuses(new Sgd { Momentum = 0.9 }, [F(8), F(8), null, Scalar], "velocity");
        Refuses(new Sgd { Nesterov = true }, [F(8), F(8), null, Scalar], "Nesterov");
        Refuses(new GlobalNorm(), [F(8), I(8)], "input 1 is int64[8]");
        Refuses(new ClipScale { MaxNorm = 0 }, [Scalar], "largest norm is 0");
        Refuses(new Accumulate { Factor = double.NaN }, [F(8), F(8)], "factor");
    }
}
