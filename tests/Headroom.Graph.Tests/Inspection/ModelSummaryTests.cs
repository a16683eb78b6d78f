using Headroom.Graph.Inspection;
using Headroom.Graph.Models;

namespace Headroom.Graph.Tests.Inspection;

public sealed class ModelSummaryTests
{
    private static Model Mlp() => Graph.Models.Mlp.Build(new MlpOptions { Inputs = 20, Hidden = [30], Classes = 5 });

    [Fact]
    public void Parameters_are_those_of_the_layers()
    {
        ModelSummary s = ModelSummary.Of(Mlp(), 4);
        Assert.Equal(20 * 30 + 30 + 30 * 5 + 5, s.ParameterCount);
        Assert.Equal(s.ParameterCount, s.TrainableCount);
        Assert.Equal(s.ParameterCount * 4, s.ParameterBytes.Value);
        Assert.Equal(s.ParameterCount, s.Parameters.Sum(p => p.Count));
        Assert.Equal("numbers", s.Inputs[0].Name);
        Assert.Equal("fp32[batch, 20]", s.Inputs[0].Type);
        Assert.Equal("fp32[4, 5]", s.Outputs[0].Type);
    }

    [Fact]
    public void Matrix_products_are_counted_as_two_operations_a_multiply_add()
    {
        ModelSummary s = ModelSummary.Of(Mlp(), 4);
        double products = 2 * 4 * (20 * 30 + 30 * 5);
        Assert.InRange(s.ForwardFlops.Value, products, products * 1.1);
        Assert.Equal(1, s.Operators.Sum(o => o.Share), 12);
        Assert.Equal(s.ForwardFlops.Value, s.Operators.Sum(o => o.Flops.Value), 6);
        Assert.Equal(s.ForwardFlops.Value, s.Nodes.Sum(n => n.Flops.Value), 6);
    }

    [Fact]
    public void A_training_step_takes_the_moments_and_about_three_times_the_work()
    {
        ModelSummary s = ModelSummary.Of(Mlp(), 64);
        Assert.Null(s.TrainingObstacle);
        Assert.NotNull(s.Training);
        Assert.InRange(s.Training.Flops.Value / s.ForwardFlops.Value, 2, 4);
        Assert.True(s.Training.Peak.Value >= 3 * s.ParameterBytes.Value);
        Assert.True(s.InferencePeak.Value >= s.ParameterBytes.Value);
        Assert.True(s.Training.Peak.Value > s.InferencePeak.Value);
    }

    [Fact]
    public void A_model_without_weights_says_why_it_cannot_be_trained()
    {
        var m = new ModelBuilder("bare");
        Model model = m.Build(m.Add(new Graph.Operators.Relu(), m.Input("x", ElementType.Float32, "batch", 3)));
        ModelSummary s = ModelSummary.Of(model, 2);
        Assert.Null(s.Training);
        Assert.Contains("no trainable weights", s.TrainingObstacle);
    }

    [Fact]
    public void A_dimension_that_is_not_the_batch_needs_a_value()
    {
        var m = new ModelBuilder("long");
        Model model = m.Build(m.Add(new Graph.Operators.Relu(), m.Input("x", ElementType.Float32, "batch", "length")));
        Assert.Contains("'length' has no value", Assert.Throws<GraphException>(() => ModelSummary.Of(model, 2)).Message);
        Assert.Equal("fp32[2, 7]", ModelSummary.Of(model, 2, new Dictionary<string, long> { ["length"] = 7 }).Outputs[0].Type);
        Assert.Contains("no dimension 'lenght'", Assert.Throws<GraphException>(() => ModelSummary.Of(model, 2, new Dictionary<string, long> { ["lenght"] = 7 })).Message);
    }
}
