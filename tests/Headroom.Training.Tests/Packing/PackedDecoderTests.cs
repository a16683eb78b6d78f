using System.Runtime.InteropServices;
using Headroom.Data.Packing;
using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Optimization;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;
using Headroom.Training.Schedules;

namespace Headroom.Training.Tests.Packing;

/// <summary>Rows that documents share compute what each document does alone.</summary>
public sealed class PackedDecoderTests
{
    private const int Length = 48, Vocabulary = 23;

    private static readonly LlamaOptions Llama = new() { Vocabulary = Vocabulary, Length = Length, Width = 32, Layers = 2, Heads = 4, Hidden = 40, Deviation = 0.3 };

    /// <summary>Each kind of decoder, plain and packed.</summary>
    private static readonly Dictionary<string, Func<bool, Model>> Decoders = new()
    {
        ["decoder"] = packed => Transformer.Decoder(new TransformerOptions { Vocabulary = Vocabulary, Length = Length, Width = 32, Layers = 2, Heads = 4, EmbeddingDeviation = 0.5 }, packed),
        ["decoder, longer than the kernel's blocks"] = packed => Transformer.Decoder(new TransformerOptions { Vocabulary = Vocabulary, Length = 25 * Length, Width = 16, Layers = 1, Heads = 2, EmbeddingDeviation = 0.5 }, packed),
        ["llama"] = packed => Graph.Models.Llama.Decoder(Llama, packed),
        ["llama, grouped heads"] = packed => Graph.Models.Llama.Decoder(Llama with { KeyHeads = 2, HeadNorms = true }, packed),
        ["gpt2"] = packed => Gpt2.Decoder(new Gpt2Options { Vocabulary = Vocabulary, Positions = 60, Length = Length, Width = 32, Layers = 2, Heads = 4, Deviation = 0.3 }, packed),
    };

    public static TheoryData<string> Names => [.. Decoders.Keys];

    private static int LengthOf(string name) => name.Contains("longer", StringComparison.Ordinal) ? 25 * Length : Length;

    /// <summary>Long, short and cut ones.</summary>
    private static int[][] Documents(int length)
    {
        var philox = new Philox(5, 0);
        ulong at = 0;
        return [.. ((int[])[30, 17, 9, 2, 3, 44, 5, 60, 12, 21, 4, 7]).Select(n => Enumerable.Range(0, n * length / Length).Select(_ => 1 + (int)(philox.UniformDoubleAt(2 * at++) * (Vocabulary - 1))).ToArray())];
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_logits_are_those_of_each_document_alone(string name)
    {
        int length = LengthOf(name);
        PackedDocuments packed = PackedDocuments.Pack(Documents(length), length, seed: 2);
        int rows = packed.Table.Rows, checkedTokens = 0;
        using var session = new Session();
        Runtime.Execution.Program together = session.Compile(Specialize.Run(Decoders[name](true), rows)), alone = session.Compile(Specialize.Run(Decoders[name](false), 1));
        session.Initialize(3);
        long[] tokens = new long[rows * length], starts = new long[rows * length], labels = new long[rows * length];
        int[] all = [.. Enumerable.Range(0, rows)];
        foreach ((string field, long[] into) in new[] { ("tokens", tokens), ("start", starts), ("label", labels) }) packed.Table.CopyRows(all, packed.Table.IndexOf(field), MemoryMarshal.AsBytes(into.AsSpan()));
        tokens.CopyTo(together.Input<long>(new Value("tokens")));
        starts.CopyTo(together.Input<long>(new Value("start")));
        together.Run();
        float[] logits = together.Output<float>(new Value("logits")).ToArray();
        for (int first = 0; first < tokens.Length;)
        {
            int count = 1;
            while ((first + count) % length != 0 && starts[first + count] == starts[first]) count++;
            if (labels[first] != PackedDocuments.NoLabel)
            {
                Span<long> input = alone.Input<long>(new Value("tokens"));
                input.Clear();
                tokens.AsSpan(first, count).CopyTo(input);
                alone.Run();
                ReadOnlySpan<float> expected = alone.Output<float>(new Value("logits"))[..(count * Vocabulary)];
                for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - logits[(first * Vocabulary) + i]) <= 2e-5 * Math.Max(1, Math.Abs(expected[i])), $"{name}, token {first}, [{i}]: {expected[i]:R} alone, {logits[(first * Vocabulary) + i]:R} packed");
                checkedTokens += count;
            }
            first += count;
        }
        Assert.Equal(packed.Predictions, checkedTokens);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_gradients_are_those_of_documents_that_stand_alone(string name)
    {
        // One step of plain descent at rate 1: what the weights lose is the gradient.
        Dictionary<string, float[]> Step(bool packed)
        {
            PackedDocuments data = PackedDocuments.Pack(Documents(LengthOf(name)), LengthOf(name), packed ? int.MaxValue : 1, seed: 2);
            var settings = new TrainingSettings { BatchSize = data.Table.Rows, MaxSteps = 1, Optimizer = new SgdRule { Momentum = 0 }, Schedule = new ConstantSchedule { Peak = 1, WarmUpSteps = 0 }, Seed = 3 };
            Model model = Objectives.NextToken(Decoders[name](packed), LengthOf(name), Vocabulary, padded: true);
            return Problems.Train(settings, TrainingData.All(data.Table), model).State.ToDictionary(s => s.Key, s => MemoryMarshal.Cast<byte, float>(s.Value).ToArray());
        }
        Dictionary<string, float[]> apart = Step(packed: false), together = Step(packed: true);
        Assert.Equal(apart.Keys.Order(), together.Keys.Order());
        foreach ((string weight, float[] expected) in apart)
        {
            double worst = expected.Zip(together[weight]).Max(p => Math.Abs(p.First - p.Second));
            Assert.True(worst <= 1e-5, $"{name}, {weight}: {worst:E1} apart");
        }
    }

    [Fact]
    public void Labels_without_a_token_bear_the_number_that_the_loss_leaves_out() => Assert.Equal(Objectives.NoLabel, PackedDocuments.NoLabel);
}
