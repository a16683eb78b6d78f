using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Operators;
using Headroom.Graph.Optimization;

namespace Headroom.Runtime.Tests.Passes;

public sealed class BiasActivationTests
{
    private const long Classes = 5;

    // 21 and 13 columns: rows end within a vector.
    private static Model Perceptron(Operator activation)
    {
        var m = new ModelBuilder("perceptron");
        Value h = m.Input("x", ElementType.Float32, "batch", 3, 7);
        h = m.Add(activation, m.Linear(h, 7, 21, "first"));
        h = m.Add(activation, m.Linear(h, 21, 13, "second"));
        return Objectives.Classification(m.Build(m.AddNamed("logits", new Identity(), m.Linear(m.Mean(h, 1), 13, Classes, "head"))));
    }

    private static Operator Activation(ActivationForm form) => form switch
    {
        ActivationForm.Relu => new Relu(),
        ActivationForm.Gelu => new Gelu(),
        _ => new Gelu { Form = GeluForm.Tanh },
    };

    private static TypedGraph Step(Model model, bool fusion, ElementType compute = ElementType.Float32)
        => Steps.Build(model, 9, new TrainingStepOptions(new SgdRule { Momentum = 0.9 }) { Fusion = fusion, Compute = compute }).Batch;

    [Theory]
    [InlineData(ActivationForm.Relu)]
    [InlineData(ActivationForm.Gelu)]
    [InlineData(ActivationForm.GeluTanh)]
    public void A_perceptron_trains_alike_with_bias_and_activation_joined(ActivationForm form)
    {
        TypedGraph joined = Step(Perceptron(Activation(form)), true);
        Assert.Equal(2, joined.Nodes.Count(n => n.Operator is BiasActivation f && f.Form == form));
        Assert.Equal(2, joined.Nodes.Count(n => n.Operator is BiasActivationGradient));
        Assert.DoesNotContain(joined.Nodes, n => n.Operator is Relu or Gelu or ReluGradient or GeluGradient);
        Assert.InRange(Steps.Run(Step(Perceptron(Activation(form)), false), 6, Classes).Distance(Steps.Run(joined, 6, Classes)), 0, 1e-4);
    }

    [Theory] // the bias's gradient is summed in fp32, and the sum before the activation isn't rounded
    [InlineData(ActivationForm.Relu)]
    [InlineData(ActivationForm.Gelu)]
    [InlineData(ActivationForm.GeluTanh)]
    public void In_mixed_precision_it_strays_no_further_from_fp32(ActivationForm form)
    {
        Model model = Perceptron(Activation(form));
        TypedGraph joined = Step(model, true, ElementType.BFloat16);
        Assert.All(joined.Nodes.Where(n => n.Operator is BiasActivation), n => Assert.Equal((ElementType.BFloat16, ElementType.Float32), (joined.Type(n.Inputs[0]).Element, joined.Type(n.Inputs[1]).Element)));
        Steps.Outcome exact = Steps.Run(Step(model, false), 6, Classes), plain = Steps.Run(Step(model, false, ElementType.BFloat16), 6, Classes);
        Assert.InRange(exact.MeanDistance(Steps.Run(joined, 6, Classes)), 0, 1.1 * exact.MeanDistance(plain));
    }

    [Fact]
    public void The_sum_takes_the_products_place()
    {
        TypedGraph joined = Step(Perceptron(new Gelu()), true);
        var plan = Headroom.Graph.Passes.MemoryPlan.Create(joined);
        foreach (Node n in joined.Nodes.Where(n => n.Operator is BiasActivation)) Assert.Equal(plan.Of(n.Inputs[0]).Buffer, plan.Of(n.Outputs[1]).Buffer);
        foreach (Node n in joined.Nodes.Where(n => n.Operator is BiasActivationGradient && n.Outputs[0].Exists)) Assert.Equal(plan.Of(n.Inputs[0]).Buffer, plan.Of(n.Outputs[0]).Buffer);
    }

    [Theory]
    [InlineData(ActivationForm.Relu)]
    [InlineData(ActivationForm.Gelu)]
    [InlineData(ActivationForm.GeluTanh)]
    public void Its_gradient_is_the_slope(ActivationForm form)
        => GradientCheck.Run((b, x) => [b.Add(new BiasActivation { Form = form }, "joined", x, 2)[0]], 1e-2, 2e-3, Away(1, 3, 19), Away(2, 19));

    [Theory]
    [InlineData(1, 13)] // an extent of 1 before the columns: broadcast alike, of another shape
    [InlineData(3, 1)] // one number a row
    public void What_is_broadcast_otherwise_is_left(long rows, long columns)
    {
        var m = new ModelBuilder("otherwise");
        Value h = m.Linear(m.Input("x", ElementType.Float32, "batch", 3, 7), 7, 13, "first", bias: false);
        h = m.Gelu(m.Add(new Add(), h, m.Weight("bias", Initializer.Zeros, rows, columns)));
        AssertLeft(m, h, 13);
    }

    [Fact]
    public void A_sum_that_is_read_twice_is_left()
    {
        var m = new ModelBuilder("twice");
        Value sum = m.Linear(m.Input("x", ElementType.Float32, "batch", 3, 7), 7, 13, "first");
        AssertLeft(m, m.Add(new Mul(), m.Gelu(sum), sum), 13);
    }

    private static void AssertLeft(ModelBuilder m, Value h, long width)
    {
        Model model = Objectives.Classification(m.Build(m.AddNamed("logits", new Identity(), m.Linear(m.Mean(h, 1), width, Classes, "head"))));
        TypedGraph joined = Step(model, true);
        Assert.DoesNotContain(joined.Nodes, n => n.Operator is BiasActivation);
        Assert.InRange(Steps.Run(Step(model, false), 3, Classes).Distance(Steps.Run(joined, 3, Classes)), 0, 1e-4);
    }

    /// <summary>Numbers whose sums stay away from the ReLU's edge, where there is no slope.</summary>
    private static Feed Away(int seed, params long[] dims)
    {
        Feed feed = Feed.Random(new TensorType(ElementType.Float32, dims), seed);
        return Feed.Of(feed.Type, [.. feed.Values.Select(v => dims.Length == 1 ? v / 10 : v + (v < 0 ? -0.5 : 0.5))]);
    }
}
