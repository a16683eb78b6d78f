using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Operators;
using Headroom.Graph.Optimization;

namespace Headroom.Runtime.Tests.Passes;

public sealed class HalfGradientTests
{
    private const long Classes = 5;

    private static Model Perceptron()
    {
        var m = new ModelBuilder("perceptron");
        Value h = m.Relu(m.Linear(m.Input("x", ElementType.Float32, "batch", 7), 7, 19, "first", bias: false));
        return Objectives.Classification(m.Build(m.AddNamed("logits", new Identity(), m.Linear(h, 19, Classes, "head", bias: false))));
    }

    public static TheoryData<string, double?, int> Updates => new() { { "AdamW", null, 1 }, { "AdamW", 0.1, 1 }, { "Sgd", 0.1, 1 }, { "AdamW", null, 2 }, { "AdamW8Bit", null, 1 }, { "AdamW8Bit", 0.1, 2 }, { "Sgd", 0.1, 2 } };

    private static OptimizerRule Rule(string name) => name switch
    {
        "AdamW8Bit" => new AdamW8BitRule { SmallestElements = 1 },
        "Sgd" => new SgdRule { Momentum = 0.9 },
        _ => new AdamWRule(),
    };

    private static TrainingStep Step(string rule, double? clip, int microBatches, bool fusion)
        => Steps.Build(Perceptron(), 9, new TrainingStepOptions(Rule(rule)) { ClipNorm = clip, MicroBatches = microBatches, Fusion = fusion, Compute = ElementType.BFloat16 });

    [Theory] // of bf16 gradients no fp32 copy is written, and none lives until the norm is known
    [MemberData(nameof(Updates))]
    public void Updates_and_their_norm_read_bf16_gradients(string rule, double? clip, int microBatches)
    {
        TypedGraph joined = Step(rule, clip, microBatches, true).Batch;
        Node[] readers = [.. joined.Nodes.Where(n => n.Operator is AdamW or AdamW8Bit or Sgd or Accumulate)];
        Assert.Equal(2, readers.Length);
        Assert.All(readers, n => Assert.Equal(ElementType.BFloat16, joined.Type(n.Inputs[1]).Element));
        Assert.All(joined.Nodes.Where(n => n.Operator is GlobalNorm), n => Assert.All(n.Inputs, v => Assert.Equal(ElementType.BFloat16, joined.Type(v).Element)));
    }

    [Theory]
    [InlineData("AdamW", null)]
    [InlineData("AdamW", 0.1)]
    [InlineData("Sgd", 0.1)]
    [InlineData("AdamW8Bit", null)]
    [InlineData("AdamW8Bit", 0.1)]
    public void Weights_stay_the_same_to_the_bit(string rule, double? clip)
        => Assert.Equal(0, Steps.Run(Step(rule, clip, 1, false).Batch, 4, Classes).Distance(Steps.Run(Step(rule, clip, 1, true).Batch, 4, Classes)));
}
