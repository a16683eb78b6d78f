using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Operators;
using Headroom.Graph.Optimization;
using Headroom.Graph.Passes;

namespace Headroom.Runtime.Tests.Passes;

public sealed class CrossEntropyGradientTests
{
    private static TypedGraph Step(Model model, bool fusion, ElementType compute = ElementType.Float32, int microBatches = 1)
        => Steps.Build(model, 6, new TrainingStepOptions(new SgdRule { Momentum = 0.9 }) { Fusion = fusion, Compute = compute, MicroBatches = microBatches }).Batch;

    private static Model Network(long classes, Func<ModelBuilder, Value, Value, Value> loss)
    {
        var m = new ModelBuilder("network");
        Value logits = m.Linear(m.Input("x", ElementType.Float32, "batch", 7), 7, classes, "head", bias: false);
        Value labels = m.Input(Objectives.Labels.Name, ElementType.Int64, "batch");
        return m.Build(m.AddNamed(Objectives.Loss.Name, new Identity(), loss(m, logits, labels)));
    }

    [Theory]
    [InlineData(5, LossReduction.Mean, null)]
    [InlineData(37, LossReduction.Sum, null)]
    [InlineData(37, LossReduction.Mean, 3L)] // rows of label 3 take no part
    public void A_classifier_trains_alike_with_loss_and_gradient_joined(long classes, LossReduction reduction, long? ignored)
    {
        Model model = Network(classes, (m, z, y) => m.Add(new SoftmaxCrossEntropyLoss { Reduction = reduction, IgnoreIndex = ignored }, z, y));
        TypedGraph joined = Step(model, true);
        Assert.Single(joined.Nodes, n => n.Operator is SoftmaxCrossEntropyLossAndGradient);
        Assert.DoesNotContain(joined.Nodes, n => n.Operator is SoftmaxCrossEntropyLossTraining or SoftmaxCrossEntropyLossGradient);
        Assert.InRange(Steps.Run(Step(model, false), 5, 5).Distance(Steps.Run(joined, 5, 5)), 0, 1e-4);
        Steps.Outcome exact = Steps.Run(Step(model, false), 5, 5), plain = Steps.Run(Step(model, false, ElementType.BFloat16), 5, 5);
        Assert.InRange(exact.MeanDistance(Steps.Run(Step(model, true, ElementType.BFloat16), 5, 5)), 0, 1.1 * exact.MeanDistance(plain));
    }

    [Theory] // of a language model they are the largest value there is
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.BFloat16)]
    public void The_logits_are_stored_once(ElementType compute)
    {
        var options = new TransformerOptions { Vocabulary = 211, Length = 7, Width = 10, Layers = 1, Heads = 2 };
        TypedGraph joined = Step(Objectives.NextToken(Transformer.Decoder(options), options.Length, options.Vocabulary), true, compute);
        Node loss = Assert.Single(joined.Nodes, n => n.Operator is SoftmaxCrossEntropyLossAndGradient);
        MemoryPlan plan = MemoryPlan.Create(joined);
        Assert.Equal(compute, joined.Type(loss.Inputs[0]).Element);
        Assert.Equal(plan.Of(loss.Inputs[0]).Buffer, plan.Of(loss.Outputs[1]).Buffer);
        Assert.Single(plan.Buffers, b => b.Kind == BufferKind.Arena && b.Bytes >= joined.Type(loss.Inputs[0]).Bytes);
    }

    public static TheoryData<string> Others => new("read again", "twice as much", "each row", "class weights");

    [Theory]
    [MemberData(nameof(Others))]
    public void A_loss_that_is_not_the_end_is_left(string other)
    {
        Model model = Network(5, (m, z, y) => other switch
        {
            "read again" => m.Add(new Add(), m.Add(new SoftmaxCrossEntropyLoss(), z, y), m.Add(new ReduceMean { KeepDims = false }, m.Add(new Mul(), z, z))),
            "twice as much" => m.Add(new Mul(), m.Add(new SoftmaxCrossEntropyLoss(), z, y), m.Constant(TensorData.Scalar(2f), "two")),
            "each row" => m.Add(new ReduceMean { KeepDims = false }, m.Add(new SoftmaxCrossEntropyLoss { Reduction = LossReduction.None }, z, y)),
            _ => m.Add(new SoftmaxCrossEntropyLoss(), z, y, m.Constant(TensorData.Floats(new Shape(5), [1, 2, 3, 4, 5]), "weights")),
        });
        TypedGraph joined = Step(model, true);
        Assert.DoesNotContain(joined.Nodes, n => n.Operator is SoftmaxCrossEntropyLossAndGradient);
        Assert.InRange(Steps.Run(Step(model, false), 3, 5).Distance(Steps.Run(joined, 3, 5)), 0, 1e-4);
    }
}
