using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Optimization;
using Headroom.Planning.Budgets;
using Headroom.Training;
using Headroom.Training.Schedules;

namespace Headroom.Cli.Configuration;

/// <summary>What headroom.yaml says of training, as the trainer takes it.</summary>
internal static class TrainingMapping
{
    /// <param name="t">The settings.</param>
    /// <param name="rows">Training rows, from which the schedule's length follows.</param>
    /// <param name="where">Where the batch is said, for the message where it is larger than that.</param>
    /// <param name="levers">What a planner chose in the place of the settings; null where nothing was left to choose.</param>
    public static TrainingSettings ToTraining(this TrainSettings t, int rows, string where, Levers? levers = null)
    {
        if (t.Batch > rows) throw new InputException(where, $"train.batch is {t.Batch}, but there are {rows} rows to train on", $"Give a batch of {rows} or less, or more rows.");
        var settings = new TrainingSettings
        {
            BatchSize = t.Batch,
            MicroBatches = levers?.MicroBatches ?? t.MicroBatches ?? 1,
            Epochs = t.Epochs,
            MaxSteps = levers?.MaxSteps ?? t.MaxSteps,
            // The plan cuts the schedule to the time; the clock has the last word.
            MaxSeconds = Least(t.MaxSeconds, t.Budget?.Minutes * 60),
            Optimizer = t.Rule(),
            ClipNorm = t.ClipNorm is > 0 ? t.ClipNorm : null,
            AverageDecay = t.Ema,
            Patience = t.Patience,
            KeepBest = t.KeepBest,
            CheckpointSeconds = t.CheckpointSeconds,
            Seed = t.Seed,
            Recompute = levers?.Recompute ?? [],
            ChannelsLast = levers?.ChannelsLast ?? true,
            Compute = levers?.Compute ?? (t.Compute is ComputeKind.Bf16 or ComputeKind.Mixed ? ElementType.BFloat16 : ElementType.Float32),
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

    /// <summary>The optimizer. Vectors (biases, norms) decay in SGD alone, whose decay is a part of the gradient.</summary>
    private static OptimizerRule Rule(this TrainSettings t) => t.Optimizer switch
    {
        OptimizerKind.Sgd => new SgdRule { Momentum = t.Momentum, WeightDecay = t.WeightDecay },
        OptimizerKind.Adamw8bit => new AdamW8BitRule { WeightDecay = t.WeightDecay, DecayVectors = false },
        OptimizerKind.Muon => new MuonRule { WeightDecay = t.WeightDecay, DecayVectors = false },
        OptimizerKind.Adafactor => new AdafactorRule { WeightDecay = t.WeightDecay, DecayVectors = false },
        _ => new AdamWRule { WeightDecay = t.WeightDecay, DecayVectors = false },
    };

    private static double? Least(double? a, double? b) => a is null || b < a ? b : a;
}
