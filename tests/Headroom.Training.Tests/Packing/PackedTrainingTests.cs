using Headroom.Data.Packing;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Randomness;
using Headroom.Evidence.Runs;
using Headroom.Graph;
using Headroom.Graph.Models;

namespace Headroom.Training.Tests.Packing;

public sealed class PackedTrainingTests : IDisposable
{
    private const int Length = 16, Vocabulary = 12;

    private readonly Temporary _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Model Model => Objectives.NextToken(Transformer.Decoder(new TransformerOptions { Vocabulary = Vocabulary, Length = Length, Width = 16, Layers = 1, Heads = 2, Dropout = 0.1, EmbeddingDeviation = 0.1 }, packed: true), Length, Vocabulary, padded: true);

    /// <summary>Counts upwards from a random number, of random lengths.</summary>
    private static PackedDocuments Counting(int documents, ulong seed, int most = int.MaxValue)
    {
        var philox = new Philox(seed, 0);
        int Draw(int at, int range) => (int)(philox.UniformDoubleAt((ulong)at * 2) * range);
        return PackedDocuments.Pack([.. Enumerable.Range(0, documents).Select(d => Enumerable.Range(Draw(2 * d, Vocabulary), 2 + Draw((2 * d) + 1, 9)).Select(t => t % Vocabulary).ToArray())], Length, most, seed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_resumed_run_ends_with_the_bits_of_the_unbroken_one(int micro)
    {
        TrainingSettings Settings(long stopAt, CancellationTokenSource source) => new()
        {
            BatchSize = 4,
            MicroBatches = micro,
            Epochs = 4,
            Seed = 5,
            Schedule = new StoppingSchedule(source, stopAt) { Peak = 0.01, WarmUpSteps = 0 },
        };
        TrainingData Data() => TrainingData.All(Counting(90, 1).Table, Counting(11, 2).Table);
        using CancellationTokenSource never = new(), stop = new();
        var options = new TrainerOptions { CheckpointFolder = _folder["checkpoint"] };
        (TrainingResult whole, Dictionary<string, byte[]> expected) = Problems.Train(Settings(-1, never), Data(), Model);
        TrainingResult first = Problems.Train(Settings(17, stop), Data(), Model, options, cancellation: stop.Token).Result;
        Assert.Equal(OutcomeKind.Interrupted, first.Outcome.Kind);
        (TrainingResult second, Dictionary<string, byte[]> actual) = Problems.Train(Settings(-1, never), Data(), Model, options, resume: true);
        Assert.Equal(OutcomeKind.Completed, second.Outcome.Kind);
        Problems.AssertSame(expected, actual);
        Assert.Equal(whole.Document.Validation, second.Document.Validation);
    }

    [Fact]
    public void Validation_is_a_mean_over_predictions_however_many_rows_are_run_at_once()
    {
        // One document a row: rows count from 1 to 10 predictions.
        TrainingData data = TrainingData.All(Counting(24, 1).Table, Counting(7, 4, most: 1).Table);
        ValidationRecord First(int batch) => Problems.Train(new TrainingSettings { BatchSize = batch, MaxSteps = 1, Seed = 5, Schedule = new Schedules.ConstantSchedule { Peak = 1e-12, WarmUpSteps = 0 } }, data, Model).Result.Document.Validation[^1];
        ValidationRecord one = First(1), four = First(4);
        Assert.Equal(one.Loss, four.Loss, 1e-6);
        Assert.Equal(one.Accuracy, four.Accuracy);
    }
}
