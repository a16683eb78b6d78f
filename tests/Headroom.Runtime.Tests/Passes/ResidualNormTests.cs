using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Operators;
using Headroom.Graph.Optimization;

namespace Headroom.Runtime.Tests.Passes;

public sealed class ResidualNormTests
{
    private const long Classes = 5;

    // 10 columns: rows end within a vector.
    private static TransformerOptions Small(long width) => new() { Vocabulary = Classes, Length = 7, Width = width, Layers = 2, Heads = 2 };

    private static Model Encoder(long width = 10) => Objectives.Classification(Transformer.Encoder(Small(width), Classes));

    private static Model Decoder(long width = 10) => Objectives.NextToken(Transformer.Decoder(Small(width)), 7, Classes);

    private static TypedGraph Step(Model model, bool fusion, ElementType compute = ElementType.Float32)
        => Steps.Build(model, 3, new TrainingStepOptions(new SgdRule { Momentum = 0.9 }) { Fusion = fusion, Compute = compute }).Batch;

    [Theory]
    [InlineData(10)]
    [InlineData(32)]
    public void A_transformer_trains_alike_with_sums_and_norms_joined(long width)
    {
        foreach (Model model in new[] { Encoder(width), Decoder(width) })
            Assert.InRange(Steps.Run(Step(model, false), 4, Classes).Distance(Steps.Run(Step(model, true), 4, Classes)), 0, 1e-4);
    }

    [Fact]
    public void Every_norm_behind_a_branch_takes_it_in_with_its_bias()
    {
        TypedGraph joined = Step(Encoder(), true);
        Node[] norms = [.. joined.Nodes.Where(n => n.Operator is ResidualNormalization)];
        Assert.Equal(4, norms.Length);
        Assert.All(norms, n => Assert.True(n.Inputs[1].Exists && n.Inputs[2].Exists));
        // The first norm stands behind the embeddings, which are no branch: the positions are broadcast.
        Assert.Single(joined.Nodes, n => n.Operator is LayerNormalization);
        Assert.Equal(4, joined.Nodes.Count(n => n.Operator is ResidualNormalizationGradient));
    }

    [Fact] // the stream stays fp32, what the products read is written in bf16 at once
    public void In_mixed_precision_no_norm_is_cast()
    {
        TypedGraph joined = Step(Decoder(), true, ElementType.BFloat16);
        Assert.DoesNotContain(joined.Nodes, n => n.Operator is LayerNormalization);
        Node[] norms = [.. joined.Nodes.Where(n => n.Operator is ResidualNormalization)];
        Assert.Equal(5, norms.Length);
        Assert.All(norms, n => Assert.Equal((ElementType.Float32, ElementType.BFloat16), (joined.Type(n.Inputs[0]).Element, joined.Type(n.Outputs[0]).Element)));
        Assert.Equal(4, norms.Count(n => n.Inputs[1].Exists && joined.Type(n.Inputs[2]).Element == ElementType.Float32));
    }

    [Fact]
    public void In_mixed_precision_it_strays_no_further_from_fp32()
    {
        foreach (Model model in new[] { Encoder(32), Decoder(32) })
        {
            Steps.Outcome exact = Steps.Run(Step(model, false), 4, Classes), plain = Steps.Run(Step(model, false, ElementType.BFloat16), 4, Classes);
            Assert.InRange(exact.MeanDistance(Steps.Run(Step(model, true, ElementType.BFloat16), 4, Classes)), 0, 1.1 * exact.MeanDistance(plain));
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void Its_gradients_are_the_slopes(bool branch, bool bias)
    {
        Feed[] feeds = [Float(1, 3, 19), Float(2, 3, 19), Float(3, 19), Float(4, 19), Float(5, 19)];
        Value[] Inputs(Value[] x) => [x[0], branch ? x[1] : Value.None, bias ? x[2] : Value.None, x[3], x[4]];
        foreach (int[] outputs in new int[][] { [0], [0, 3], [3] })
        {
            if (!branch && outputs.Contains(3)) continue;
            feeds = [.. feeds.Select((f, i) => f with { Differentiate = i == 0 || (i == 1 && branch) || (i == 2 && bias) || (i > 2 && outputs[0] == 0) })];
            GradientCheck.Run((b, x) =>
            {
                var y = b.Add(new ResidualNormalization { To = ElementType.Float32 }, "joined", Inputs(x), branch ? 4 : 3);
                return [.. outputs.Select(o => y[o])];
            }, 1e-2, 5e-3, feeds);
        }
    }

    [Fact] // as where a node runs again for its norm alone
    public void What_nobody_reads_needs_no_place()
    {
        Feed[] feeds = [Float(1, 3, 19), Feed.Random(new TensorType(ElementType.BFloat16, 3, 19), 2), Float(3, 19), Float(4, 19), Float(5, 19)];
        Result[] Run(params int[] outputs) => GradientCheck.Evaluate((b, x) =>
        {
            var y = b.Add(new ResidualNormalization { To = ElementType.BFloat16 }, "joined", x, 4);
            return [.. outputs.Select(o => y[o])];
        }, feeds);
        Result[] all = Run(0, 1, 2, 3);
        for (int i = 0; i < 4; i++) Assert.Equal(all[i].Values, Run(i)[0].Values);
    }

    [Fact]
    public void A_sum_that_is_read_before_its_norm_is_left()
    {
        var m = new ModelBuilder("before");
        Value x = m.Input("x", ElementType.Float32, "batch", 3, 10), sum = m.Add(new Add(), x, m.Linear(x, 10, 10, "branch"));
        Value gate = m.Add(new Sigmoid(), sum);
        AssertLeft(m, m.Add(new Mul(), gate, m.LayerNorm(sum, 10, "norm")));
    }

    [Fact]
    public void A_summand_that_is_broadcast_is_no_branch()
    {
        var m = new ModelBuilder("broadcast");
        Value x = m.Input("x", ElementType.Float32, "batch", 3, 10);
        AssertLeft(m, m.LayerNorm(m.Add(new Add(), m.Linear(x, 10, 10, "stream", bias: false), m.Weight("position", Initializer.Ones, 3, 10)), 10, "norm"));
    }

    private static void AssertLeft(ModelBuilder m, Value h)
    {
        Model model = Objectives.Classification(m.Build(m.AddNamed("logits", new Identity(), m.Linear(m.Mean(h, 1), 10, Classes, "head"))));
        TypedGraph joined = Step(model, true);
        Assert.DoesNotContain(joined.Nodes, n => n.Operator is ResidualNormalization);
        Assert.InRange(Steps.Run(Step(model, false), 3, Classes).Distance(Steps.Run(joined, 3, Classes)), 0, 1e-4);
    }

    private static Feed Float(int seed, params long[] dims) => Feed.Random(new TensorType(ElementType.Float32, dims), seed);
}
