using Headroom.Data.Tables;
using Headroom.Evidence.Randomness;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Tests.Models;
using Headroom.Training.Schedules;

namespace Headroom.Training.Tests;

/// <summary>Each family learns something small that its input decides.</summary>
public sealed class FamilyTests
{
    private const int Rows = 64, Length = (int)TinyFamilies.Length, Vocabulary = (int)TinyFamilies.Vocabulary, Classes = (int)TinyFamilies.Classes;

    public static TheoryData<string> Names => [.. TinyFamilies.All.Keys.Where(n => n != "bert encoder")];

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_loss_falls(string name) => Learns(name, ElementType.Float32);

    [Theory] // casts stand between norms, turns and products then
    [InlineData("qwen3")]
    [InlineData("gpt2")]
    [InlineData("bert")]
    [InlineData("vit")]
    [InlineData("lstm, both ways")]
    public void Its_loss_falls_with_products_in_bf16(string name) => Learns(name, ElementType.BFloat16);

    private static void Learns(string name, ElementType compute)
    {
        Model model = TinyFamilies.All[name]();
        (Model learning, TensorTable table) = Problem(model);
        TrainingSettings settings = new() { BatchSize = 16, MaxSteps = 80, ClipNorm = 1, Compute = compute, Schedule = new ConstantSchedule { Peak = 0.01 } };
        TrainingResult result = Problems.Train(settings, TrainingData.All(table), learning).Result;
        double first = result.Document.History[0].Loss, last = result.Document.History.TakeLast(8).Average(h => h.Loss);
        Assert.True(last < 0.5 * first, $"{first:F3} to {last:F3}");
    }

    /// <summary>The model with its objective, and rows to learn: the next token is three on, the class is that of the first token or of the brightest quarter, the forecast goes on with a wave.</summary>
    private static (Model Learning, TensorTable Table) Problem(Model model)
    {
        var philox = new Philox(7, 1);
        int Draw(int at, int range) => (int)(philox.UniformDoubleAt((ulong)at * 2) * range);
        switch (model.Name)
        {
            case "llama" or "gpt2":
                int[] stream = [.. Enumerable.Range(0, Rows).SelectMany(r => Enumerable.Range(0, Length + 1).Select(t => (Draw(r, Vocabulary) + (3 * t)) % Vocabulary))];
                return (Objectives.NextToken(model, Length, Vocabulary), new TensorTable(new IdField(new Field("tokens", FieldType.Int64, [Length + 1]), stream)));
            case "vit":
                float[] pixels = new float[Rows * 3 * 8 * 12];
                philox.FillNormal(pixels, 0, 0, 0.3f);
                int[] quarters = [.. Enumerable.Range(0, Rows).Select(r => Draw(r, Classes))];
                for (int i = 0; i < pixels.Length; i++)
                {
                    int row = i / (3 * 96), y = i / 12 % 8, x = i % 12;
                    if ((2 * (y / 4)) + (x / 6) == quarters[row]) pixels[i] += 1;
                }
                return (Objectives.Classification(model), new TensorTable(new DenseField<float>(new Field("image", FieldType.Float32, [3, 8, 12]), pixels), Label(quarters)));
            case "forecaster":
                float[] waves = new float[Rows * 12 * 2], next = new float[Rows * 3];
                for (int r = 0; r < Rows; r++)
                {
                    for (int t = 0; t < 12; t++) (waves[((r * 12) + t) * 2], waves[(((r * 12) + t) * 2) + 1]) = (t, MathF.Sin((r + t) * 0.7f));
                    for (int t = 0; t < 3; t++) next[(r * 3) + t] = MathF.Sin((r + 12 + t) * 0.7f);
                }
                return (Objectives.Regression(model, 3, 0.7f), new TensorTable(new DenseField<float>(new Field("values", FieldType.Float32, [12, 2]), waves), new DenseField<float>(new Field("label", FieldType.Float32, [3]), next)));
            default:
                int[] tokens = new int[Rows * Length], labels = new int[Rows], ones = new int[Rows * Length];
                for (int r = 0; r < Rows; r++)
                {
                    int count = 2 + (r % (Length - 1));
                    for (int t = 0; t < count; t++) (tokens[(r * Length) + t], ones[(r * Length) + t]) = (1 + Draw((r * Length) + t, Vocabulary - 1), 1);
                    labels[r] = tokens[r * Length] % Classes;
                }
                List<FieldSource> fields = [Ids("tokens", tokens), Label(labels)];
                if (model.Inputs.Length > 1) fields.AddRange(Ids("token_types", new int[Rows * Length]), Ids("attention_mask", ones));
                return (Objectives.Classification(model), new TensorTable([.. fields]));
        }
    }

    private static IdField Ids(string name, int[] ids) => new(new Field(name, FieldType.Int64, [Length]), ids);

    private static IdField Label(int[] labels) => new(new Field("label", FieldType.Int64, []), labels);
}
