using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Optimization;
using Headroom.Training;
using Headroom.Training.Schedules;

namespace Headroom.Cli.Configuration;

/// <summary>What headroom.yaml says of training, as the trainer takes it.</summary>
internal static class TrainingMapping
{
    /// <param name="t">The settings.</param>
    /// <param name="rows">Training rows, from which the schedule's length follows.</param>
    public static TrainingSettings ToTraining(this TrainSettings t, int rows)
    {
        foreach ((string name, double value) in new (string, double)[] { ("batch", t.Batch), ("micro_batches", t.MicroBatches), ("epochs", t.Epochs), ("learning_rate", t.LearningRate) })
            if (!(value > 0)) throw new InputException("headroom.yaml", $"train.{name} is {value}", "Give a number above 0.");
        if (t.Batch % t.MicroBatches != 0) throw new InputException("headroom.yaml", $"train.batch {t.Batch} can't be cut into {t.MicroBatches} micro-batches of one size", "Give a batch that is a multiple of micro_batches.");
        if (t.Batch > rows) throw new InputException("headroom.yaml", $"train.batch is {t.Batch}, but there are {rows} rows to train on", "Give a smaller batch.");
        var settings = new TrainingSettings
        {
            BatchSize = t.Batch,
            MicroBatches = t.MicroBatches,
            Epochs = t.Epochs,
            MaxSteps = t.MaxSteps,
            MaxSeconds = t.MaxSeconds,
            Optimizer = t.Optimizer == OptimizerKind.Sgd ? new SgdRule { Momentum = t.Momentum, WeightDecay = t.WeightDecay } : new AdamWRule { WeightDecay = t.WeightDecay, DecayVectors = false },
            ClipNorm = t.ClipNorm is > 0 ? t.ClipNorm : null,
            Patience = t.Patience,
            KeepBest = t.KeepBest,
            CheckpointSeconds = t.CheckpointSeconds,
            Seed = t.Seed,
            Compute = t.Compute == ComputeKind.Bf16 ? ElementType.BFloat16 : ElementType.Float32,
        };
        long steps = settings.TotalSteps(rows) ?? 1;
        long warmUp = Math.Min(t.WarmupSteps, steps / 5);
        return settings with
        {
            Schedule = t.Schedule switch
            {
                ScheduleKind.Cosine => new CosineSchedule { Peak = t.LearningRate, WarmUpSteps = warmUp, Steps = steps },
                ScheduleKind.Linear => new LinearSchedule { Peak = t.LearningRate, WarmUpSteps = warmUp, Steps = steps },
                _ => new ConstantSchedule { Peak = t.LearningRate, WarmUpSteps = warmUp },
            },
        };
    }
}
