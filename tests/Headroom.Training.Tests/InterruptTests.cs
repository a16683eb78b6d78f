using System.Runtime.InteropServices;
using Headroom.Data.Tables;
using Headroom.Evidence.Documents;
using Headroom.Graph;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;
using Headroom.Training.Checkpoints;
using Headroom.Training.Schedules;

namespace Headroom.Training.Tests;

public sealed class InterruptTests : IDisposable
{
    private readonly Temporary _folder = new();

    public void Dispose() => _folder.Dispose();

    private static TrainingSettings Settings(CancellationTokenSource source, long stopAt = -1) => new()
    {
        BatchSize = 32,
        MicroBatches = 4,
        Epochs = 4,
        Seed = 21,
        Schedule = new StoppingSchedule(source, stopAt) { Peak = 0.01 },
    };

    private TrainerOptions Options => new() { CheckpointFolder = _folder["checkpoint"] };

    [Fact]
    public void Running_statistics_survive_a_stop_within_an_update()
    {
        using CancellationTokenSource never = new(), stop = new();
        Dictionary<string, byte[]> expected = Problems.Train(Settings(never), model: Problems.NormalizedNetwork()).State;
        (TrainingResult first, Dictionary<string, byte[]> half) = Problems.Train(Settings(stop, 15), model: Problems.NormalizedNetwork(), options: Options, cancellation: stop.Token);
        Assert.Equal(OutcomeKind.Interrupted, first.Outcome.Kind);
        Assert.True(File.Exists(_folder["checkpoint/step-000014-1.safetensors"]));
        Assert.NotEqual(expected["norm.running_mean"], half["norm.running_mean"]);
        Assert.Contains(MemoryMarshal.Cast<byte, float>(half["norm.running_mean"]).ToArray(), v => v != 0);
        Problems.AssertSame(expected, Problems.Train(Settings(never), model: Problems.NormalizedNetwork(), options: Options, resume: true).State);
    }

    [Fact]
    public void A_stop_within_a_validation_has_it_done_again()
    {
        using CancellationTokenSource never = new(), stop = new();
        (TrainingResult whole, Dictionary<string, byte[]> expected) = Problems.Train(Settings(never));
        int copies = 0;
        TensorTable clusters = Problems.Clusters(50, 2);
        // Seven batches a look, two fields, the last batch twice: the third look stops after its first batch.
        TensorTable stopping = new([new Watched(clusters["numbers"], () => { if (++copies == (2 * 8) + 1) stop.Cancel(); }), clusters["label"]]);
        TrainingData data = Problems.Data() with { Validation = stopping };
        (TrainingResult first, _) = Problems.Train(Settings(stop), data, options: Options, cancellation: stop.Token);
        Assert.Equal(OutcomeKind.Interrupted, first.Outcome.Kind);
        Assert.Equal(2, first.Document.Validation.Count);
        Assert.Equal(27, first.Document["steps"].Value);
        (TrainingResult second, Dictionary<string, byte[]> actual) = Problems.Train(Settings(never), options: Options, resume: true);
        Assert.Equal(whole.Document.Validation, second.Document.Validation);
        Problems.AssertSame(expected, actual);
    }

    [Fact]
    public void A_run_without_a_checkpoint_yet_begins_at_its_beginning_and_says_so()
    {
        using CancellationTokenSource never = new();
        (TrainingResult result, Dictionary<string, byte[]> actual) = Problems.Train(Settings(never), options: Options, resume: true);
        Assert.Contains(result.Notes, n => n.Contains("no checkpoint yet", StringComparison.Ordinal));
        Problems.AssertSame(Problems.Train(Settings(never)).State, actual);
    }

    [Fact]
    public void A_run_asked_to_stop_before_it_starts_does_nothing()
    {
        using CancellationTokenSource never = new(), stop = new();
        stop.Cancel();
        (TrainingResult result, _) = Problems.Train(Settings(never), options: Options, cancellation: stop.Token);
        Assert.Equal(OutcomeKind.Interrupted, result.Outcome.Kind);
        Assert.Empty(Directory.GetFiles(_folder["checkpoint"]));
    }

    [Fact]
    public void Dropout_draws_from_the_seed_and_the_position()
    {
        using CancellationTokenSource never = new();
        using Session session = new();
        Trainer trainer = new(Problems.Network(dropout: 0.25), Settings(never), Problems.Data(), session);
        Assert.Contains(trainer.Graphs.Step.Batch.Inputs, i => i.Value == TrainingForm.Seed);
        Assert.Contains(trainer.Graphs.Step.Batch.Inputs, i => i.Value == TrainingForm.Position);
        Assert.DoesNotContain(trainer.Graphs.Validation!.Inputs, i => i.Value == TrainingForm.Seed);
    }

    [Fact]
    public void Half_precision_learns_and_resumes_to_the_bit()
    {
        using CancellationTokenSource never = new(), stop = new();
        (TrainingResult whole, Dictionary<string, byte[]> expected) = Problems.Train(Settings(never) with { Compute = ElementType.BFloat16 });
        double full = Problems.Train(Settings(never)).Result.Document["best_validation_loss"].Value;
        Assert.Equal(full, whole.Document["best_validation_loss"].Value, 0.02 * full);
        Problems.Train(Settings(stop, 10) with { Compute = ElementType.BFloat16 }, options: Options, cancellation: stop.Token);
        Problems.AssertSame(expected, Problems.Train(Settings(never) with { Compute = ElementType.BFloat16 }, options: Options, resume: true).State);
    }

    [Fact]
    public void Weights_travel_through_a_file_to_another_session()
    {
        using CancellationTokenSource never = new();
        using Session one = new(), two = new();
        Trainer trained = new(Problems.Network(), Settings(never), Problems.Data(), one), other = new(Problems.Network(), Settings(never), Problems.Data(), two);
        trained.Run();
        trained.Weights.Save(_folder["model.safetensors"]);
        other.Weights.Load(_folder["model.safetensors"]);
        foreach (string name in trained.Weights.Names) Assert.Equal(trained.Weights[name].Bytes.ToArray(), other.Weights[name].Bytes.ToArray());
        using SafetensorsFile file = SafetensorsFile.Open(_folder["model.safetensors"]);
        Assert.Equal(["head.bias", "head.weight", "hidden.0.bias", "hidden.0.weight"], file.Tensors.Keys.Order());
    }

    /// <summary>A field that tells when it is read.</summary>
    private sealed class Watched(FieldSource inner, Action read) : FieldSource(inner.Field, inner.Rows)
    {
        public override void CopyRows(ReadOnlySpan<int> rows, Span<byte> destination)
        {
            read();
            inner.CopyRows(rows, destination);
        }
    }
}
