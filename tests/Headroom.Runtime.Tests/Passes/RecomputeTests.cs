using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Operators;
using Headroom.Graph.Optimization;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;

namespace Headroom.Runtime.Tests.Passes;

public sealed class RecomputeTests
{
    private static readonly TransformerOptions Small = new() { Vocabulary = 40, Length = 12, Width = 32, Layers = 3, Heads = 2, Dropout = 0.1 };

    public static TheoryData<string> Names => new("decoder", "encoder", "resnet", "mlp");

    private static (Model Model, long Classes) Subject(string name) => name switch
    {
        "decoder" => (Objectives.NextToken(Transformer.Decoder(Small), Small.Length, Small.Vocabulary), Small.Vocabulary),
        "encoder" => (Objectives.Classification(Transformer.Encoder(Small with { Padding = 0 }, 5)), 5),
        "resnet" => (Objectives.Classification(ResNet.Build(new ResNetOptions { Height = 12, Width = 12, Stages = [8, 16], Blocks = 2, Classes = 5 })), 5),
        _ => (Objectives.Classification(Mlp.Build(new MlpOptions { Inputs = 20, Hidden = [64, 48, 32], Dropout = 0.2, Classes = 5 })), 5),
    };

    private static TrainingStepOptions Options => new(new AdamWRule());

    /// <summary>Arithmetic's time at round rates.</summary>
    private static Func<Node, double> Seconds(TypedGraph g) => n =>
    {
        Cost c = n.Operator.Cost(g.Signature(n));
        return (c.Flops / 1e11) + ((c.Read + c.Written) / 2e10);
    };

    private static IReadOnlyList<RecomputeChoice> Frontier(TypedGraph step) => Recompute.Frontier(step, Seconds(step), Session.Plan);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_plan_trains_to_the_same_bits(string name)
    {
        (Model model, long classes) = Subject(name);
        TypedGraph step = Steps.Build(model, 6, Options).Batch;
        Steps.Outcome kept = Steps.Run(step, 3, classes);
        IReadOnlyList<RecomputeChoice> frontier = Frontier(step);
        // A small perceptron is all weights.
        Assert.True(frontier.Count > (name == "mlp" ? 0 : 1));
        // A few of them, the smallest among them.
        foreach (RecomputeChoice c in frontier.Where((_, i) => i == frontier.Count - 1 || i % (frontier.Count / 4 + 1) == 1))
        {
            Steps.Outcome again = Steps.Run(c.Graph, 3, classes);
            Assert.Equal(kept.Losses, again.Losses);
            foreach ((string state, float[] values) in kept.States) Assert.Equal(values, again.States[state]);
        }
    }

    [Theory]
    [InlineData(1.0, 1)]
    [InlineData(null, 3)]
    public void Clipping_and_micro_batches_change_nothing_in_that(double? clip, int parts)
    {
        (Model model, long classes) = Subject("decoder");
        TypedGraph step = Steps.Build(model, 6, Options with { ClipNorm = clip, MicroBatches = parts, Compute = ElementType.BFloat16 }).Batch;
        RecomputeChoice smallest = Frontier(step)[^1];
        Assert.NotEmpty(smallest.Dropped);
        Assert.Equal(0, Steps.Run(step, 3, classes).Distance(Steps.Run(smallest.Graph, 3, classes)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Less_memory_takes_more_time_and_a_plan_is_what_it_says(string name)
    {
        TypedGraph step = Steps.Build(Subject(name).Model, 6, Options).Batch;
        IReadOnlyList<RecomputeChoice> frontier = Frontier(step);
        for (int i = 0; i < frontier.Count; i++)
        {
            Assert.Equal(Session.Plan(frontier[i].Graph).GraphBytes, frontier[i].PeakBytes);
            if (i == 0) continue;
            Assert.True(frontier[i].PeakBytes < frontier[i - 1].PeakBytes);
            Assert.True(frontier[i].ExtraSeconds >= frontier[i - 1].ExtraSeconds);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_smaller_budget_never_gives_a_larger_or_faster_plan(string name)
    {
        TypedGraph step = Steps.Build(Subject(name).Model, 6, Options).Batch;
        long most = Session.Plan(step).GraphBytes;
        RecomputeChoice? before = null;
        for (int percent = 100; percent >= 30; percent -= 23)
        {
            RecomputeChoice c = Recompute.Run(step, most * percent / 100, Seconds(step), Session.Plan);
            if (before is not null)
            {
                Assert.True(c.PeakBytes <= before.PeakBytes);
                Assert.True(c.ExtraSeconds >= before.ExtraSeconds);
            }
            before = c;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_choice_can_be_put_into_the_step_again_by_its_names(string name)
    {
        Model model = Subject(name).Model;
        RecomputeChoice smallest = Frontier(Steps.Build(model, 6, Options).Batch)[^1];
        TypedGraph again = Steps.Build(model, 6, Options with { Recompute = smallest.Dropped }).Batch;
        Assert.Equal(smallest.Graph.Nodes.Select(n => n.Name), again.Nodes.Select(n => n.Name));
    }

    [Fact] // statistics would move twice
    public void A_batch_norm_that_runs_again_updates_nothing()
    {
        TypedGraph step = Steps.Build(Subject("resnet").Model, 6, Options).Batch;
        RecomputeChoice smallest = Frontier(step)[^1];
        Node[] copies = [.. smallest.Graph.Nodes.Where(n => n.Operator is BatchNormalizationTraining && n.Name.EndsWith(".again", StringComparison.Ordinal))];
        Assert.NotEmpty(copies);
        Assert.All(copies, n => Assert.False(n.Outputs[1].Exists || n.Outputs[2].Exists));
    }

    [Theory] // the stream stands alone between blocks, and its norm is made again from it
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.BFloat16)]
    public void A_norm_is_made_again_without_the_sum_before_it(ElementType compute)
    {
        (Model model, long classes) = Subject("decoder");
        TypedGraph step = Steps.Build(model, 6, Options with { Compute = compute }).Batch;
        RecomputeChoice smallest = Frontier(step)[^1], apart = Frontier(Steps.Build(model, 6, Options with { Compute = compute, Fusion = false }).Batch)[^1];
        Assert.Contains(smallest.Graph.Nodes, n => n.Operator is ResidualNormalization && n.Name.EndsWith(".again", StringComparison.Ordinal) && !n.Inputs[1].Exists);
        Assert.InRange(smallest.PeakBytes, 0, 1.02 * apart.PeakBytes);
        Assert.Equal(0, Steps.Run(step, 3, classes).Distance(Steps.Run(smallest.Graph, 3, classes)));
    }

    [Fact]
    public void An_unknown_activation_is_refused_by_name()
    {
        TypedGraph step = Steps.Build(Subject("mlp").Model, 6, Options).Batch;
        GraphException e = Assert.Throws<GraphException>(() => Recompute.Apply(step, ["nowhere"]));
        Assert.Contains("'nowhere'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_forward_pass_alone_has_nothing_to_make_again()
    {
        Model model = Subject("mlp").Model;
        TypedGraph forward = Specialize.Run(model, 6);
        RecomputeChoice only = Assert.Single(Frontier(forward));
        Assert.Same(forward, only.Graph);
    }

}
