using System.Runtime.InteropServices;
using Headroom.Data.Packing;
using Headroom.Data.Tables;
using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Optimization;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;
using Headroom.Training.Schedules;

namespace Headroom.Training.Tests.Packing;

/// <summary>Texts that share a row get the classes that each gets alone.</summary>
public sealed class PackedEncoderTests
{
    private const int Length = 12, Row = 30, Most = 6, Vocabulary = 23, Classes = 5;

    private static readonly TransformerOptions Options = new() { Vocabulary = Vocabulary, Length = Length, Width = 16, Layers = 2, Heads = 2, Padding = 0, EmbeddingDeviation = 0.5 };

    private static readonly int[] Lengths = [5, 12, 1, 0, 7, 3, 12, 2, 9, 4, 1, 6, 11, 8];

    private static int[][] Texts()
    {
        var philox = new Philox(5, 0);
        ulong at = 0;
        return [.. Lengths.Select(n => Enumerable.Range(0, n).Select(_ => 1 + (int)(philox.UniformDoubleAt(2 * at++) * (Vocabulary - 1))).ToArray())];
    }

    private static readonly int[] Labels = [.. Enumerable.Range(0, Lengths.Length).Select(i => i % Classes)];

    private static TensorTable Alone()
    {
        int[] tokens = new int[Lengths.Length * Length];
        foreach ((int i, int[] text) in Texts().Index()) text.CopyTo(tokens, i * Length);
        return new TensorTable(new IdField(new Field("tokens", FieldType.Int64, [Length]), tokens), new IdField(new Field("label", FieldType.Int64, []), Labels));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    public void Its_gradients_are_those_of_texts_that_stand_alone(long pairs)
    {
        // One step of plain descent at rate 1: what the weights lose is the gradient.
        Dictionary<string, float[]> Step(Model model, TensorTable table)
        {
            var settings = new TrainingSettings { BatchSize = table.Rows, MaxSteps = 1, Optimizer = new SgdRule { Momentum = 0 }, Schedule = new ConstantSchedule { Peak = 1, WarmUpSteps = 0 }, Seed = 3 };
            return Problems.Train(settings, TrainingData.All(table), model).State.ToDictionary(s => s.Key, s => MemoryMarshal.Cast<byte, float>(s.Value).ToArray());
        }
        TransformerOptions o = Options with { TokenPairs = pairs };
        Dictionary<string, float[]> alone = Step(Objectives.Classification(Transformer.Encoder(o, Classes)), Alone());
        Dictionary<string, float[]> packed = Step(Objectives.PackedClassification(PackedEncoder.Build(o, Classes, Row, Most), Most, Classes), PackedTexts.Pack(Texts(), Labels, Row, Most, 1).Table);
        Assert.Equal(alone.Keys.Order(), packed.Keys.Order());
        foreach ((string weight, float[] expected) in alone)
        {
            double worst = expected.Zip(packed[weight]).Max(p => Math.Abs(p.First - p.Second));
            Assert.True(worst <= 1e-5, $"{weight}: {worst:E1} apart");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    public void Its_logits_are_those_of_each_text_alone(long pairs)
    {
        TransformerOptions o = Options with { TokenPairs = pairs };
        // Each text has a label of its own, by which it is found again.
        TensorTable rows = PackedTexts.Pack(Texts(), [.. Enumerable.Range(0, Lengths.Length)], Row, Most, 1).Table, each = Alone();
        using var session = new Session();
        Runtime.Execution.Program together = session.Compile(Specialize.Run(PackedEncoder.Build(o, Classes, Row, Most), rows.Rows)), alone = session.Compile(Specialize.Run(Transformer.Encoder(o, Classes), each.Rows));
        session.Initialize(3);
        if (pairs > 0)
        {
            // It starts at zero, and would hide what is read of it.
            StateTensor scores = session.State("pairs.score.weight");
            new Philox(9, 0).FillNormal(MemoryMarshal.Cast<byte, float>(scores.Bytes));
        }
        float[] Logits(Runtime.Execution.Program program, TensorTable table)
        {
            int[] all = [.. Enumerable.Range(0, table.Rows)];
            foreach (TypedInput input in program.Graph.Inputs) table.CopyRows(all, table.IndexOf(input.Value.Name), program.InputBytes(input.Value));
            program.Run();
            return program.Output<float>(new Value("logits")).ToArray();
        }
        float[] expected = Logits(alone, each), actual = Logits(together, rows);
        int found = 0;
        for (int row = 0; row < rows.Rows; row++)
        {
            ReadOnlySpan<int> texts = ((IdField)rows["label"]).Row(row);
            for (int i = 0; i < Most; i++)
            {
                if (texts[i] == PackedDocuments.NoLabel) continue;
                found++;
                for (int c = 0; c < Classes; c++)
                {
                    float a = expected[(texts[i] * Classes) + c], b = actual[(((row * Most) + i) * Classes) + c];
                    Assert.True(Math.Abs(a - b) <= 2e-5 * Math.Max(1, Math.Abs(a)), $"text {texts[i]}, class {c}: {a:R} alone, {b:R} packed");
                }
            }
        }
        Assert.Equal(Lengths.Length, found);
    }
}
