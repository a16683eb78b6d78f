using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Operators;
using Headroom.Graph.Optimization;

namespace Headroom.Runtime.Tests.Passes;

public sealed class FusionTests
{
    private const long Classes = 5;

    private static Model Pictures(long channels = 3) => Objectives.Classification(ResNet.Build(new ResNetOptions { Channels = channels, Height = 13, Width = 9, Stages = [6, 16], Blocks = 2, Classes = Classes }));

    private static TypedGraph Step(Model model, bool fusion, bool channelsLast, ElementType compute = ElementType.Float32, OptimizerRule? rule = null)
        => Steps.Build(model, 4, new TrainingStepOptions(rule ?? new SgdRule { Momentum = 0.9, WeightDecay = 5e-4 }) { Fusion = fusion, ChannelsLast = channelsLast, Compute = compute }).Batch;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_residual_network_trains_alike_whatever_is_joined_and_however_pictures_lie(bool fusion, bool channelsLast)
    {
        Steps.Outcome plain = Steps.Run(Step(Pictures(), false, false), 4, Classes), changed = Steps.Run(Step(Pictures(), fusion, channelsLast), 4, Classes);
        Assert.InRange(plain.Distance(changed), 0, 2e-4);
    }

    [Fact] // what is joined is rounded less often
    public void In_mixed_precision_it_strays_no_further_from_fp32()
    {
        Steps.Outcome exact = Steps.Run(Step(Pictures(), false, false), 2, Classes);
        Steps.Outcome plain = Steps.Run(Step(Pictures(), false, false, ElementType.BFloat16), 2, Classes), changed = Steps.Run(Step(Pictures(), true, true, ElementType.BFloat16), 2, Classes);
        Assert.InRange(exact.MeanDistance(changed), 0, 1.1 * exact.MeanDistance(plain));
    }

    [Fact]
    public void Every_batch_norm_of_a_block_takes_in_its_relu_and_one_its_shortcut()
    {
        TypedGraph joined = Step(Pictures(), true, true);
        Assert.DoesNotContain(joined.Nodes, n => n.Operator is Relu or ReluGradient);
        BatchNormalizationTraining[] norms = [.. joined.Nodes.Select(n => n.Operator).OfType<BatchNormalizationTraining>()];
        // Stem, two in each of four blocks; the second stage's projection has none.
        Assert.Equal(9, norms.Count(n => n.Relu));
        Assert.Equal(4, joined.Nodes.Count(n => n.Operator is BatchNormalizationTraining && n.Inputs.Length == 6));
        // Read by the next block and by its shortcut: the stem and every block but the last.
        Assert.Equal(4, joined.Nodes.Count(n => n.Operator is BatchNormalizationGradient && n.Inputs.Length == 7));
    }

    [Fact] // a picture with one channel, and maps of one pixel, lie both ways
    public void Extents_of_one_do_no_harm()
    {
        Model model = Objectives.Classification(ResNet.Build(new ResNetOptions { Channels = 1, Height = 2, Width = 3, Stages = [1, 4], Blocks = 1, Classes = Classes }));
        Assert.InRange(Steps.Run(Step(model, false, false), 3, Classes).Distance(Steps.Run(Step(model, true, true), 3, Classes)), 0, 2e-4);
    }

    [Fact] // max pooling reads its input row by row: the pictures before it must not be turned
    public void What_a_reader_takes_row_by_row_stays_so()
    {
        var m = new ModelBuilder("pooled");
        Value x = m.Input("image", ElementType.Float32, "batch", 2, 8, 8);
        Value h = m.Relu(m.BatchNorm(m.Conv2D(x, 2, 6, 3, "conv"), 6, "norm"));
        h = m.Add(new MaxPool { KernelShape = [2, 2], Strides = [2, 2] }, h);
        h = m.Relu(m.BatchNorm(m.Conv2D(h, 6, 6, 3, "conv2"), 6, "norm2"));
        Model model = Objectives.Classification(m.Build(m.AddNamed("logits", new Identity(), m.Linear(m.Mean(h, 2, 3), 6, Classes, "head"))));
        Assert.InRange(Steps.Run(Step(model, false, false), 3, Classes).Distance(Steps.Run(Step(model, true, true), 3, Classes)), 0, 2e-4);
    }

    [Fact]
    public void A_sum_that_is_read_twice_is_not_taken_in()
    {
        var m = new ModelBuilder("branch");
        Value x = m.Input("image", ElementType.Float32, "batch", 4, 5, 5);
        Value sum = m.Add(new Add(), m.BatchNorm(m.Conv2D(x, 4, 4, 3, "conv"), 4, "norm"), x);
        Value h = m.Add(new Mul(), m.Relu(sum), m.Add(new Sigmoid(), sum));
        Model model = Objectives.Classification(m.Build(m.AddNamed("logits", new Identity(), m.Linear(m.Mean(h, 2, 3), 4, Classes, "head"))));
        TypedGraph joined = Step(model, true, true);
        Assert.Contains(joined.Nodes, n => n.Operator is Relu);
        Assert.InRange(Steps.Run(Step(model, false, false), 3, Classes).Distance(Steps.Run(joined, 3, Classes)), 0, 2e-4);
    }
}
