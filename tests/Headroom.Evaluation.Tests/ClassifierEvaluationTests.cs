using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Gates;

namespace Headroom.Evaluation.Tests;

public sealed class ClassifierEvaluationTests
{
    private static readonly string[] Names = ["cat", "dog"];

    // Row i has the logits (i mod 3, 1).
    private static float[] Logits(int rows) => [.. Enumerable.Range(0, rows).SelectMany(i => new float[] { i % 3, 1 })];

    [Fact]
    public void The_document_holds_every_measure_once_and_what_the_report_draws()
    {
        float[] logits = Logits(10), trainer = Logits(4);
        trainer[5] += 0.25f;
        EvaluationContext context = new() { Gates = [Gate.Parse("accuracy >= 0.99"), Gate.Parse("calibration.ece <= 1")], Measures = new(Resamples: 50) };
        List<int> seen = [];
        EvaluationDocument document = ClassifierEvaluation.Run((from, count) => logits.AsMemory(from * 2, count * 2), [1, 0, 0, 1, 1, 0, 1, 1, 0, 1], Names, trainer, context, batch: 3, progress: new Seen(seen));
        Assert.Equal(ClassifierEvaluation.Names, document.Measurements.Select(m => m.Name));
        Assert.Equal([3, 6, 9, 10], seen);
        Assert.Equal(0.25, document[LogitParity.Name].Value);
        Assert.Equal(4, document[LogitParity.Name].Rows);
        // Said: dog, cat (a tie), cat, dog, cat, cat, dog, cat, cat, dog; wrong at 4 and 7.
        Assert.Equal(0.8, document["accuracy"].Value, 12);
        Assert.Equal([GateOutcome.Fail, GateOutcome.Pass], document.Gates.Select(g => g.Outcome));
        Assert.Equal(10, document.ConfusionMatrix.Sum(r => r.Sum()));
        Assert.Equal(10, document.Reliability.Sum(b => b.Rows));
        Assert.Equal(15, document.Reliability.Count);
        Assert.Equal(["cat", "dog"], document.PerClass.Select(c => c.Class));
        Assert.Equal(document, EvidenceJson.Parse<EvaluationDocument>(EvidenceJson.Serialize(document), "evaluation.json"));
    }

    [Fact]
    public void A_model_with_other_outputs_is_refused() => Assert.Contains("3 outputs for 1 rows",
        Assert.Throws<InputException>(() => ClassifierEvaluation.Run((_, _) => new float[3], [0], Names)).Message, StringComparison.Ordinal);

    [Fact]
    public void Trainer_logits_of_another_size_are_refused() =>
        Assert.Throws<InputException>(() => ClassifierEvaluation.Run((_, _) => new float[2], [0], Names, new float[4]));

    private sealed class Seen(List<int> seen) : IProgress<int>
    {
        public void Report(int value) => seen.Add(value);
    }
}
