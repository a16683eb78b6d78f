using Headroom.Graph.Optimization;

namespace Headroom.Graph.Models;

/// <summary>One of the four training steps that Headroom is measured on against other frameworks; bench/peers/README.md specifies them.</summary>
/// <param name="Name">mlp, resnet20, gpt or encoder.</param>
/// <param name="Model">With its loss.</param>
/// <param name="Batch">Rows of a step.</param>
/// <param name="Classes">Labels lie in [0, Classes).</param>
/// <param name="Tokens">Token inputs lie in [0, Tokens); 0 when inputs are normal numbers.</param>
/// <param name="Optimizer">With the peers' settings.</param>
/// <param name="LearningRate">Constant.</param>
public sealed record Workload(string Name, Model Model, long Batch, long Classes, long Tokens, OptimizerRule Optimizer, float LearningRate)
{
    public TrainingStep Step(ElementType compute) => Step(Options(compute));

    /// <summary>The step with other levers than all of them.</summary>
    /// <exception cref="GraphException">The micro-batches don't divide the batch.</exception>
    public TrainingStep Step(TrainingStepOptions options)
        => Batch % options.MicroBatches == 0
            ? TrainingStep.Build(Model, Model.DimensionNames.ToDictionary(n => n, _ => Batch / options.MicroBatches), options)
            : throw new GraphException($"{options.MicroBatches} micro-batches don't divide {Name}'s batch of {Batch} rows");

    public TrainingStepOptions Options(ElementType compute) => new(Optimizer) { Compute = compute };
}

public static class Workloads
{
    public static IReadOnlyList<string> Names { get; } = ["mlp", "resnet20", "gpt", "encoder"];

    /// <exception cref="GraphException">There is no such workload.</exception>
    public static Workload Get(string name, long? batch = null)
    {
        switch (name)
        {
            case "mlp":
                return new Workload(name, Objectives.Classification(Mlp.Build(new MlpOptions())), batch ?? 256, 10, 0, new AdamWRule { WeightDecay = 0 }, 1e-3f);
            case "resnet20":
                return new Workload(name, Objectives.Classification(ResNet.Build(new ResNetOptions())), batch ?? 128, 10, 0, new SgdRule { Momentum = 0.9, WeightDecay = 5e-4 }, 0.1f);
            case "gpt":
                var gpt = new TransformerOptions { Vocabulary = 8192, Length = 256, Width = 384, Layers = 6, Heads = 6 };
                Model decoder = Objectives.NextToken(Transformer.Decoder(gpt), gpt.Length, gpt.Vocabulary);
                return new Workload(name, decoder, batch ?? 8, gpt.Vocabulary, gpt.Vocabulary, new AdamWRule { Beta2 = 0.95, WeightDecay = 0.1 }, 3e-4f);
            case "encoder":
                var encoder = new TransformerOptions { Vocabulary = 8192, Length = 128, Width = 256, Layers = 4, Heads = 4 };
                return new Workload(name, Objectives.Classification(Transformer.Encoder(encoder, 16)), batch ?? 32, 16, encoder.Vocabulary, new AdamWRule { WeightDecay = 0 }, 3e-4f);
            default:
                throw new GraphException($"unknown workload '{name}'; there are {string.Join(", ", Names)}");
        }
    }
}
