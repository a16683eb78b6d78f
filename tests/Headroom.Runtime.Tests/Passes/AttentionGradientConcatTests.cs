using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Operators;
using Headroom.Graph.Optimization;

namespace Headroom.Runtime.Tests.Passes;

public sealed class AttentionGradientConcatTests
{
    private const long Classes = 5;

    // Heads of 5: rows end within a vector, and matrices within a cache line.
    private static Model Encoder(long length) => Objectives.Classification(Transformer.Encoder(new TransformerOptions { Vocabulary = Classes, Length = length, Width = 10, Layers = 2, Heads = 2 }, Classes));

    private static TypedGraph Step(Model model, bool fusion, ElementType compute = ElementType.Float32)
        => Steps.Build(model, 3, new TrainingStepOptions(new SgdRule { Momentum = 0.9 }) { Fusion = fusion, Compute = compute }).Batch;

    [Theory]
    [InlineData(7)]
    [InlineData(32)]
    public void An_encoder_trains_alike_with_packed_gradients(long length)
    {
        TypedGraph joined = Step(Encoder(length), true);
        Assert.Equal(2, joined.Nodes.Count(n => n.Operator is AttentionGradient { Joined: true }));
        Assert.DoesNotContain(joined.Nodes, n => n.Operator is Concat);
        Assert.InRange(Steps.Run(Step(Encoder(length), false), 4, Classes).Distance(Steps.Run(joined, 4, Classes)), 0, 1e-4);
    }

    [Theory] // the same numbers, elsewhere
    [InlineData(ElementType.Float32, 7)]
    [InlineData(ElementType.Float32, 32)]
    [InlineData(ElementType.BFloat16, 7)]
    [InlineData(ElementType.BFloat16, 32)]
    [InlineData(ElementType.Float64, 7)]
    public void Joined_gradients_are_the_three_behind_one_another(ElementType element, long length)
    {
        var type = new TensorType(element, 2, length, 10);
        Feed[] feeds = [.. Enumerable.Range(1, 4).Select(i => Feed.Random(type, i))];
        Result[] Run(bool joined) => GradientCheck.Evaluate((b, v) =>
        {
            var saved = b.Add(new AttentionTraining { QueryHeads = 2, IsCausal = true }, "forward", v.AsSpan(0, 3), 2);
            bool products = element == ElementType.BFloat16;
            Value[] inputs = [v[3], v[0], v[1], v[2], products ? Value.None : saved[0], products ? Value.None : saved[1]];
            var g = b.Add(new AttentionGradient { QueryHeads = 2, IsCausal = true, Joined = joined }, "backward", inputs, joined ? 1 : 3);
            return [joined ? g[0] : b.Add(new Concat { Axis = -1 }, g.AsSpan())];
        }, feeds);
        Assert.Equal(Run(false)[0].Values, Run(true)[0].Values);
    }

    [Fact]
    public void A_gradient_that_is_summed_with_another_is_left()
    {
        var m = new ModelBuilder("keys");
        Value x = m.Linear(m.Input("x", ElementType.Float32, "batch", 7, 6), 6, 30, "qkv");
        var qkv = m.AddMany(new Split { Axis = -1, Parts = 3 }, 3, x);
        Value h = m.Add(new Add(), m.Add(new Attention { QueryHeads = 2, KeyHeads = 2 }, qkv[0], qkv[1], qkv[2]), qkv[1]);
        Model model = Objectives.Classification(m.Build(m.AddNamed("logits", new Identity(), m.Linear(m.Mean(h, 1), 10, Classes, "head"))));
        TypedGraph joined = Step(model, true);
        Assert.Contains(joined.Nodes, n => n.Operator is Concat);
        Assert.InRange(Steps.Run(Step(model, false), 3, Classes).Distance(Steps.Run(joined, 3, Classes)), 0, 1e-4);
    }
}
