using Headroom.Data.Tables;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Quantities;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Optimization;
using Headroom.Runtime.Execution;
using Headroom.Runtime.Probes;
using Headroom.Training.Schedules;

namespace Headroom.Training.Tests;

public sealed class TrainerTests
{
    private static readonly TrainingSettings Short = new() { BatchSize = 30, Epochs = 12, Schedule = new CosineSchedule { Peak = 0.02, Steps = 120, WarmUpSteps = 10 } };

    [Fact]
    public void It_learns_what_can_be_told_apart()
    {
        (TrainingResult result, _) = Problems.Train(Short, options: new TrainerOptions { MemoryBaseline = new Bytes(ProcessMemory.Resident) });
        TrainingDocument d = result.Document;
        Assert.Equal(OutcomeKind.Completed, d.Outcome.Kind);
        Assert.True(d["validation_accuracy"].Value > 0.95, $"accuracy {d["validation_accuracy"].Value}");
        Assert.True(d.History[^1].Loss < 0.3 * d.History[0].Loss, $"{d.History[0].Loss} to {d.History[^1].Loss}");
        Assert.Equal(120, d.History.Count);
        Assert.Equal(12, d.Validation.Count);
        Assert.Equal(120, d["steps"].Value);
        Assert.Equal(12, d["epochs"].Value, 12);
        Assert.NotEmpty(d.TimeByOperator);
        Assert.Equal(1, d.TimeByOperator.Sum(t => t.Share), 9);
        Assert.InRange(d["wait_share"].Value, 0, 1);
        Assert.NotNull(d.Find("working_bytes"));
        Assert.NotEmpty(EvidenceJson.Serialize(d));
    }

    [Fact]
    public void Sgd_learns_too()
    {
        (TrainingResult result, _) = Problems.Train(Short with { Optimizer = new SgdRule { Momentum = 0.9f }, Schedule = new ConstantSchedule { Peak = 0.05 } });
        Assert.True(result.Document["validation_accuracy"].Value > 0.95);
    }

    [Fact]
    public void The_graph_bytes_are_what_was_planned()
    {
        using Session session = new();
        Trainer trainer = new(Problems.Network(), Short, Problems.Data(), session);
        TrainingResult result = trainer.Run();
        var plans = trainer.Graphs.All.Select(Session.Plan).ToList();
        long state = plans.SelectMany(p => p.Graph.States).DistinctBy(s => s.Value).Sum(s => Graph.Passes.ArenaLayout.Align(s.Type.Bytes));
        Assert.Equal(state + plans.Max(p => p.ArenaBytes) + plans.Sum(p => p.ConstantBytes), (long)result.Document["graph_bytes"].Value);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_one_others()
    {
        Model model = Problems.Network(dropout: 0.3);
        Dictionary<string, byte[]> one = Problems.Train(Short, model: model).State, two = Problems.Train(Short, model: model).State;
        Problems.AssertSame(one, two);
        Assert.NotEqual(one["head.weight"], Problems.Train(Short with { Seed = 1 }, model: model).State["head.weight"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.05)]
    public void Four_micro_batches_of_eight_make_one_batch_of_32(double? clip)
    {
        TrainingSettings whole = Short with { BatchSize = 32, Epochs = null, MaxSteps = 20, ClipNorm = clip, Optimizer = new SgdRule() };
        Dictionary<string, byte[]> one = Problems.Train(whole).State, four = Problems.Train(whole with { MicroBatches = 4 }).State;
        foreach ((string name, byte[] bytes) in one)
        {
            ReadOnlySpan<float> a = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes), b = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(four[name]);
            for (int i = 0; i < a.Length; i++) Assert.Equal(a[i], b[i], 2e-5f);
        }
    }

    [Theory]
    [InlineData("muon")]
    [InlineData("adafactor")]
    public void Micro_batches_make_the_whole_batch_s_update_by_any_optimizer(string name)
    {
        OptimizerRule rule = name == "muon" ? new MuonRule() : new AdafactorRule();
        TrainingSettings whole = Short with { BatchSize = 32, Epochs = null, MaxSteps = 12, ClipNorm = 0.5, Optimizer = rule };
        Dictionary<string, byte[]> one = Problems.Train(whole).State, four = Problems.Train(whole with { MicroBatches = 4 }).State;
        foreach (string weight in Problems.Network().States.Select(s => s.Value.Name))
        {
            ReadOnlySpan<float> a = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(one[weight]), b = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(four[weight]);
            for (int i = 0; i < a.Length; i++) Assert.Equal(a[i], b[i], 2e-4f);
        }
    }

    [Fact]
    public void A_clipped_step_is_no_longer_than_rate_times_norm()
    {
        const double rate = 0.5, clip = 0.01;
        TrainingSettings settings = Short with { Epochs = null, MaxSteps = 1, ClipNorm = clip, Optimizer = new SgdRule { Momentum = 0 }, Schedule = new ConstantSchedule { Peak = rate } };
        using Session session = new();
        Trainer trainer = new(Problems.Network(), settings, Problems.Data(validation: 0), session);
        session.Initialize(settings.Seed);
        IReadOnlyDictionary<string, TensorData> before = trainer.Weights.ToData();
        trainer.Run();
        double moved = Math.Sqrt(trainer.Weights.ToData().Sum(w => w.Value.ToDoubles().Zip(before[w.Key].ToDoubles(), (a, b) => (a - b) * (a - b)).Sum()));
        Assert.Equal(rate * clip, moved, rate * clip * 1e-3);
    }

    [Fact]
    public void Padding_does_not_count_in_the_validation()
    {
        TrainingSettings still = Short with { BatchSize = 30, Epochs = null, MaxSteps = 1, Schedule = new ConstantSchedule { Peak = 1e-12 } };
        ValidationRecord whole = Problems.Train(still with { BatchSize = 50 }).Result.Document.Validation[0];
        foreach (int batch in new[] { 30, 16, 49, 100 })
        {
            ValidationRecord padded = Problems.Train(still with { BatchSize = batch }).Result.Document.Validation[0];
            Assert.Equal(whole.Loss, padded.Loss, 1e-5);
            Assert.Equal(whole.Accuracy, padded.Accuracy);
        }
    }

    [Fact]
    public void An_exploding_rate_stops_with_the_step_and_its_rows()
    {
        using Temporary folder = new();
        (TrainingResult result, Dictionary<string, byte[]> state) = Problems.Train(
            Short with { Schedule = new ConstantSchedule { Peak = 1e30 }, Optimizer = new SgdRule(), CheckpointSteps = 1 },
            options: new TrainerOptions { CheckpointFolder = folder["checkpoint"] });
        Assert.Equal(OutcomeKind.Failed, result.Outcome.Kind);
        Assert.InRange(result.Failure!.Step, 1, 5);
        Assert.Equal(30, result.Failure.Rows.Length);
        Assert.All(result.Failure.Rows, r => Assert.InRange(r, 0, 299));
        Assert.Contains($"at step {result.Failure.Step}", result.Outcome.Reason, StringComparison.Ordinal);
        if (result.Failure.LastCheckpoint is not null) Assert.All(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(state["head.weight"]).ToArray(), w => Assert.True(float.IsFinite(w)));
        Assert.NotEmpty(EvidenceJson.Serialize(result.Document));
    }

    [Fact]
    public void A_row_that_is_NaN_is_among_the_rows_named_and_the_last_good_checkpoint_is_put_back()
    {
        using Temporary folder = new();
        const int bad = 123;
        TrainingData data = Problems.Data(spoil: f => f[bad * Problems.Inputs] = float.NaN);
        (TrainingResult result, Dictionary<string, byte[]> state) = Problems.Train(Short with { CheckpointSteps = 1, Seed = 3 }, data, options: new TrainerOptions { CheckpointFolder = folder["checkpoint"] });
        Assert.Contains(bad, result.Failure!.Rows);
        Assert.InRange(result.Failure.Step, 1, 10);
        Assert.All(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(state["head.weight"]).ToArray(), w => Assert.True(float.IsFinite(w)));
        if (result.Failure.Step > 1) Assert.Equal($"checkpoint/step-{result.Failure.Step - 1:D6}.safetensors", result.Failure.LastCheckpoint);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_best_weights_come_back_and_a_stalled_run_stops(bool folderKept)
    {
        using Temporary folder = new();
        // Two rows to learn by heart, labels of the validation rows at odds with them: after a few steps it only gets worse.
        TrainingSettings settings = Short with { BatchSize = 2, Epochs = null, MaxSteps = 400, ValidationSteps = 10, Patience = 4, Schedule = new ConstantSchedule { Peak = 0.05 } };
        TrainingData data = Problems.Data(validation: 60) with { TrainRows = new[] { 0, 1 } };
        using Session session = new();
        Trainer trainer = new(Problems.Network(), settings, data, session, new TrainerOptions { CheckpointFolder = folderKept ? folder["checkpoint"] : null });
        TrainingResult result = trainer.Run();
        Assert.Equal(OutcomeKind.StoppedEarly, result.Outcome.Kind);
        IReadOnlyList<ValidationRecord> looks = result.Document.Validation;
        ValidationRecord best = looks.MinBy(v => v.Loss)!;
        Assert.Equal(best.Loss, result.Document["best_validation_loss"].Value);
        Assert.Equal(4, looks.Count(v => v.Step > best.Step));
        // Training again to just that step gives the weights that came back.
        Dictionary<string, byte[]> again = Problems.Train(settings with { MaxSteps = best.Step, KeepBest = false }, data).State;
        foreach (string name in trainer.Weights.Names) Assert.Equal(again[name], trainer.Weights[name].Bytes.ToArray());
    }

    [Fact]
    public void A_table_that_does_not_fit_the_model_is_refused_by_name()
    {
        using Session session = new();
        TensorTable wrong = new(new DenseField<float>(new Field("numbers", FieldType.Float32, [5]), new float[500]), new IdField(new Field("label", FieldType.Int64, []), new int[100]));
        InputException e = Assert.Throws<InputException>(() => new Trainer(Problems.Network(), Short, TrainingData.All(wrong), session));
        Assert.Contains("fp32[30, 8]", e.Message, StringComparison.Ordinal);
        TensorTable missing = new(new DenseField<float>(new Field("pixels", FieldType.Float32, [8]), new float[800]));
        Assert.Contains("'numbers'", Assert.Throws<InputException>(() => new Trainer(Problems.Network(), Short, TrainingData.All(missing), session)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        using Session session = new();
        TrainingSettings[] bad =
        [
            Short with { BatchSize = 0 }, Short with { MicroBatches = 7 }, Short with { BatchSize = 301 }, Short with { Epochs = null }, Short with { Epochs = 0 },
            Short with { ClipNorm = 0 }, Short with { ClipNorm = double.NaN }, Short with { Patience = 0 }, Short with { Schedule = new ConstantSchedule { Peak = double.NaN } },
            Short with { Schedule = new LinearSchedule { Steps = 5, WarmUpSteps = 6 } }, Short with { MaxSeconds = double.NaN },
        ];
        foreach (TrainingSettings settings in bad) Assert.Throws<InputException>(() => new Trainer(Problems.Network(), settings, Problems.Data(), session));
    }

    [Fact]
    public void A_time_limit_ends_the_run()
    {
        (TrainingResult result, _) = Problems.Train(Short with { Epochs = null, MaxSeconds = 0.2 });
        Assert.Equal(OutcomeKind.Completed, result.Outcome.Kind);
        Assert.InRange(result.Document["seconds"].Value, 0.2, 5);
    }

    [Fact]
    public void Progress_ends_at_the_last_step()
    {
        List<TrainingProgress> told = [];
        Problems.Train(Short, options: new TrainerOptions { Progress = new Direct(told.Add) });
        Assert.Contains(told, p => p.Step == 120 && p.Steps == 120 && p.SecondsLeft == 0);
        Assert.Contains(told, p => p.Validation is not null);
        Assert.All(told, p => Assert.InRange(p.WaitShare, 0, 1));
    }

    private sealed class Direct(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
