using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Runs;
using Headroom.Graph;
using Headroom.Graph.Optimization;
using Headroom.Training.Checkpoints;
using Headroom.Training.Schedules;

namespace Headroom.Training.Tests;

public sealed class ResumeTests : IDisposable
{
    private const int Steps = 45;

    private readonly Temporary _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, int> Optimizers => new() { { "adamw8bit", 1 }, { "adamw8bit", 4 }, { "muon", 1 }, { "muon", 4 }, { "adafactor", 1 }, { "adafactor", 4 } };

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_resumed_run_of_any_optimizer_ends_with_the_bits_of_the_unbroken_one(string name, int micro)
    {
        OptimizerRule rule = name switch
        {
            "adamw8bit" => new AdamW8BitRule { SmallestElements = 16 },
            "muon" => new MuonRule(),
            "adafactor" => new AdafactorRule(),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
        using CancellationTokenSource never = new(), stop = new();
        Dictionary<string, byte[]> expected = Problems.Train(Settings(-1, never, micro) with { Optimizer = rule }, model: Network).State;
        Problems.Train(Settings(20, stop, micro) with { Optimizer = rule }, model: Network, options: Options(), cancellation: stop.Token);
        (TrainingResult second, Dictionary<string, byte[]> actual) = Problems.Train(Settings(-1, never, micro) with { Optimizer = rule }, model: Network, options: Options(), resume: true);
        Assert.Equal(OutcomeKind.Completed, second.Outcome.Kind);
        Problems.AssertSame(expected, actual);
        double[] losses = [.. second.Document.History.Select(h => h.Loss)];
        Assert.InRange(losses[^1], 0, 0.8 * losses[0]);
    }

    private static TrainingSettings Settings(long stopAt, CancellationTokenSource source, int micro = 1) => new()
    {
        BatchSize = 32, // nine batches an epoch
        MicroBatches = micro,
        Epochs = 5,
        ClipNorm = 1,
        Seed = 11,
        ValidationSteps = 7,
        Patience = 100,
        Schedule = new StoppingSchedule(source, stopAt) { Peak = 0.01, WarmUpSteps = 0 },
    };

    private TrainerOptions Options(string name = "checkpoint") => new() { CheckpointFolder = _folder[name] };

    private static Model Network => Problems.Network(dropout: 0.25);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 1)]
    [InlineData(9, 1)]
    [InlineData(14, 1)]
    [InlineData(23, 1)]
    [InlineData(44, 1)]
    [InlineData(20, 4)]
    [InlineData(28, 4)]
    [InlineData(1, 4)]
    public void A_resumed_run_ends_with_the_bits_of_the_unbroken_one(long stopAt, int micro)
    {
        using CancellationTokenSource never = new(), stop = new();
        (TrainingResult whole, Dictionary<string, byte[]> expected) = Problems.Train(Settings(-1, never, micro), model: Network);
        (TrainingResult first, _) = Problems.Train(Settings(stopAt, stop, micro), model: Network, options: Options(), cancellation: stop.Token);
        Assert.Equal(OutcomeKind.Interrupted, first.Outcome.Kind);
        Assert.Equal(micro == 1 ? stopAt : stopAt - 1, (long)first.Document["steps"].Value);
        (TrainingResult second, Dictionary<string, byte[]> actual) = Problems.Train(Settings(-1, never, micro), model: Network, options: Options(), resume: true);
        Assert.Equal(OutcomeKind.Completed, second.Outcome.Kind);
        Problems.AssertSame(expected, actual);
        Assert.Equal(whole.Document.Validation, second.Document.Validation);
        Assert.Equal(Steps, second.Document.History.Count);
        Assert.Equal(whole.Document.History.Select(h => (h.Step, h.Loss, h.Epoch, h.LearningRate)), second.Document.History.Select(h => (h.Step, h.Loss, h.Epoch, h.LearningRate)));
        Assert.Equal(whole.Document["final_train_loss"].Value, second.Document["final_train_loss"].Value);
        Assert.Equal("", string.Join('\n', second.Notes));
    }

    [Fact]
    public void A_run_stopped_within_an_update_keeps_its_gradient_sums()
    {
        using CancellationTokenSource stop = new();
        Problems.Train(Settings(20, stop, micro: 4), model: Network, options: Options(), cancellation: stop.Token);
        using Checkpoint checkpoint = Checkpoint.Open(_folder["checkpoint/step-000019-1.safetensors"]);
        Assert.Equal((19L, 1, 2, 1), (checkpoint.State.Step, checkpoint.State.MicroBatch, checkpoint.State.Epoch, checkpoint.State.Batch));
    }

    [Fact]
    public void A_torn_checkpoint_falls_back_to_the_one_before_and_says_so()
    {
        using CancellationTokenSource never = new(), stop = new();
        Dictionary<string, byte[]> expected = Problems.Train(Settings(-1, never), model: Network).State;
        Problems.Train(Settings(30, stop) with { CheckpointSteps = 4 }, model: Network, options: Options(), cancellation: stop.Token);
        string[] files = [.. Directory.GetFiles(_folder["checkpoint"]).Order()];
        string newest = files[^1];
        Assert.EndsWith("step-000030.safetensors", newest, StringComparison.Ordinal);
        foreach (Action<byte[], string> tear in new Action<byte[], string>[]
        {
            (bytes, path) => File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]),
            (bytes, path) => { bytes[^10] ^= 4; File.WriteAllBytes(path, bytes); },
            (_, path) => File.WriteAllBytes(path, []),
        })
        {
            string copy = _folder[Path.GetRandomFileName()];
            Directory.CreateDirectory(copy);
            foreach (string file in files) File.Copy(file, Path.Join(copy, Path.GetFileName(file)));
            File.WriteAllText(Path.Join(copy, ".headroom-abc.tmp"), "half");
            tear(File.ReadAllBytes(newest), Path.Join(copy, Path.GetFileName(newest)));
            (TrainingResult result, Dictionary<string, byte[]> actual) = Problems.Train(Settings(-1, never), model: Network, options: new TrainerOptions { CheckpointFolder = copy }, resume: true);
            Assert.Contains(result.Notes, n => n.Contains("step-000030.safetensors", StringComparison.Ordinal) && n.Contains("goes on from step-0000", StringComparison.Ordinal));
            Assert.False(File.Exists(Path.Join(copy, ".headroom-abc.tmp")));
            Problems.AssertSame(expected, actual);
        }
    }

    [Fact]
    public void Nothing_whole_left_is_an_error_not_a_fresh_start()
    {
        using CancellationTokenSource never = new(), stop = new();
        Problems.Train(Settings(3, stop), model: Network, options: Options(), cancellation: stop.Token);
        foreach (string file in Directory.GetFiles(_folder["checkpoint"])) File.WriteAllText(file, "torn");
        InputException e = Assert.Throws<InputException>(() => Problems.Train(Settings(-1, never), model: Network, options: Options(), resume: true));
        Assert.Contains("none of its 1 checkpoints is whole", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_model_other_data_or_other_settings_are_told_apart()
    {
        using CancellationTokenSource never = new(), stop = new();
        Problems.Train(Settings(3, stop), model: Network, options: Options(), cancellation: stop.Token);
        string Why(TrainingSettings settings, TrainingData? data = null, Model? model = null)
            => Assert.Throws<InputException>(() => Problems.Train(settings, data, model ?? Network, Options(), resume: true)).Message;
        Assert.Contains("another model", Why(Settings(-1, never), model: Problems.Network(dropout: 0.5)), StringComparison.Ordinal);
        Assert.Contains("other rows", Why(Settings(-1, never), Problems.Data(rows: 301)), StringComparison.Ordinal);
        Assert.Contains("seed was 11 and is 12", Why(Settings(-1, never) with { Seed = 12 }), StringComparison.Ordinal);
        string two = Why(Settings(-1, never) with { BatchSize = 16, Optimizer = new SgdRule() });
        Assert.Contains("batchSize was 32 and is 16", two, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"adamw\"", two, StringComparison.Ordinal);
        // How far it goes may change.
        Assert.Equal(OutcomeKind.Completed, Problems.Train(Settings(-1, never) with { Epochs = 1, CheckpointSteps = 2 }, model: Network, options: Options(), resume: true).Result.Outcome.Kind);
    }

    [Fact]
    public void A_fresh_run_does_not_write_over_anothers_checkpoints()
    {
        using CancellationTokenSource never = new(), stop = new();
        Problems.Train(Settings(3, stop), model: Network, options: Options(), cancellation: stop.Token);
        Assert.Throws<InputException>(() => Problems.Train(Settings(-1, never), model: Network, options: Options()));
    }

    [Fact]
    public void The_last_two_and_the_best_are_kept()
    {
        using CancellationTokenSource never = new();
        (TrainingResult result, _) = Problems.Train(Settings(-1, never) with { CheckpointSteps = 1, Optimizer = new SgdRule(), Schedule = new ConstantSchedule { Peak = 0.05 } },
            model: Network, options: Options());
        string[] files = [.. Directory.GetFiles(_folder["checkpoint"]).Select(f => Path.GetFileName(f)).Order()];
        long best = result.Document.Validation.MinBy(v => v.Loss)!.Step;
        Assert.InRange(files.Length, 2, 4);
        Assert.Contains("step-000045.safetensors", files);
        Assert.Contains("step-000044.safetensors", files);
        Assert.Contains($"step-{best:D6}.safetensors", files);
        Assert.Equal("checkpoint/step-000045.safetensors", result.Document.Checkpoint!.Path);
        Assert.Equal(ContentHash.OfFile(_folder["checkpoint/step-000045.safetensors"]), result.Document.Checkpoint.Sha256);
    }

    [Fact]
    public void The_log_tells_what_happened()
    {
        using CancellationTokenSource stop = new();
        using (RunLog log = RunLog.Open(_folder["log.jsonl"]))
        {
            Problems.Train(Settings(10, stop), model: Network, options: Options() with { Log = log }, cancellation: stop.Token);
        }
        string[] events = [.. RunLogReader.Read(_folder["log.jsonl"]).Entries.Select(e => e.Event)];
        Assert.Equal("train", events[0]);
        Assert.Equal("end", events[^1]);
        Assert.Contains("validation", events);
        Assert.Contains("checkpoint", events);
        Assert.Contains("step", events);
    }
}
