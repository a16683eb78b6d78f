using Headroom.Evidence.Randomness;
using Headroom.Graph.Optimization;
using Headroom.Graph.Passes;

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

    /// <summary>Further ones, which no peer has: fine-tuning of a decoder of Llama's kind with 110 million weights, all of them; by adapters over weights in bf16; and over weights in 4 bits.</summary>
    public static IReadOnlyList<string> Tuning { get; } = ["llama", "llama-lora", "llama-qlora"];

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
            case "llama" or "llama-lora" or "llama-qlora":
                var llama = new LlamaOptions { Vocabulary = 32_000, Length = 256, Width = 768, Layers = 12, Heads = 12, Hidden = 2048, TiedHead = true };
                Model tuned = Tuned(Llama.Decoder(llama), name);
                return new Workload(name, Objectives.NextToken(tuned, llama.Length, llama.Vocabulary), batch ?? 8, llama.Vocabulary, llama.Vocabulary, new AdamWRule { WeightDecay = 0 }, 3e-4f);
            default:
                throw new GraphException($"unknown workload '{name}'; there are {string.Join(", ", Names.Concat(Tuning))}");
        }
    }

    /// <summary>With adapters of rank 8 on all products of the blocks, where the name asks for them.</summary>
    private static Model Tuned(Model model, string name)
    {
        if (name == "llama") return model;
        // As from a file: values that are fetched when they are wanted.
        Model loaded = model with { States = [.. model.States.Select(s => s with { Initializer = new Initializer.Stored(s.Type, () => Drawn(s)) })] };
        return LowRank.Apply(loaded, new LowRankOptions { Targets = ["*_proj.weight"], Base = name == "llama-lora" ? BaseStorage.BFloat16 : BaseStorage.Nf4 }).Model;
    }

    private static TensorData Drawn(State s)
    {
        var values = new float[s.Type.Elements];
        if (s.Initializer is Initializer.Normal n) new Philox(1, (ulong)s.Value.Name.Length).FillNormal(values, 0, (float)n.Mean, (float)n.StandardDeviation);
        else values.AsSpan().Fill(1);
        return TensorData.Floats(s.Type.Shape, values);
    }
}
