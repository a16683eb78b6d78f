using Headroom.Evidence;
using Headroom.Runtime.LibTorch;

namespace Headroom.Cli.Configuration;

/// <summary>How the model is trained.</summary>
internal sealed record TrainSettings : ICheckedSettings
{
    public int Epochs { get; init; } = 5;

    /// <summary>Ends training at this many steps, whatever the epochs say.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>Ends training after this many seconds; a run that ends so isn't repeated to the bit.</summary>
    public double? MaxSeconds { get; init; }

    /// <summary>Rows of an update.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Parts in which a batch is run, to take less memory.</summary>
    public int? MicroBatches { get; init; }

    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adamw;

    public double LearningRate { get; init; } = 1e-3;

    public double WeightDecay { get; init; } = 0.01;

    [Only("train.optimizer", OptimizerKind.Sgd)]
    public double Momentum { get; init; } = 0.9;

    public ScheduleKind Schedule { get; init; } = ScheduleKind.Cosine;

    public int WarmupSteps { get; init; } = 100;

    /// <summary>The gradient's norm is scaled down to this; 0 for no clipping.</summary>
    public double? ClipNorm { get; init; } = 1;

    /// <summary>The decay of a moving average of the weights, such as 0.999, which is validated and exported in their place; none without.</summary>
    public double? Ema { get; init; }

    /// <summary>Epochs without a better validation loss after which training stops; never without.</summary>
    public int? Patience { get; init; }

    /// <summary>Whether the weights with the best validation loss are kept rather than the last.</summary>
    public bool KeepBest { get; init; } = true;

    public double CheckpointSeconds { get; init; } = 60;

    /// <summary>What matrix work is computed in: fp32 without; under a budget the planner chooses where nothing is said.</summary>
    public ComputeKind? Compute { get; init; }

    /// <summary>What the run may take; the planner then chooses precision, micro-batches and what is computed again.</summary>
    public BudgetSettings? Budget { get; init; }

    /// <summary>Adapters that are trained in the place of the network's own weights.</summary>
    [Only("model.preset", Preset.Onnx, Preset.Pretrained)]
    public AdapterSettings? Adapter { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>Threads; all cores by default.</summary>
    public int? Threads { get; init; }

    public void Check()
    {
        foreach ((string key, double? value) in new (string, double?)[] { ("epochs", Epochs), ("max_steps", MaxSteps), ("batch", Batch), ("micro_batches", MicroBatches), ("patience", Patience), ("threads", Threads) })
            Ranges.AtLeast("train." + key, value, 1);
        foreach ((string key, double? value) in new (string, double?)[] { ("weight_decay", WeightDecay), ("warmup_steps", WarmupSteps), ("clip_norm", ClipNorm), ("checkpoint_seconds", CheckpointSeconds) })
            Ranges.AtLeast("train." + key, value, 0);
        Ranges.AtMost("train.threads", Threads, Library.MostThreads);
        Ranges.Positive("train.learning_rate", LearningRate);
        Ranges.Positive("train.max_seconds", MaxSeconds);
        Ranges.Share("train.momentum", Momentum);
        Ranges.Share("train.ema", Ema ?? 0);
        if (MicroBatches is int parts && Batch % parts != 0) throw new InputException("train.batch", $"{Batch} rows can't be cut into {MicroBatches} micro-batches of one size", "Give a batch that is a multiple of micro_batches.");
    }
}

internal enum OptimizerKind
{
    Adamw,
    Sgd,

    /// <summary>AdamW with moments in 8 bits, a quarter of its state.</summary>
    Adamw8bit,

    /// <summary>Muon for the matrices of hidden layers, AdamW for all else.</summary>
    Muon,

    /// <summary>Adafactor, next to no state.</summary>
    Adafactor,
}

internal enum ScheduleKind
{
    Cosine,
    Linear,
    Constant,
}

internal enum ComputeKind
{
    Fp32,
    Bf16,

    /// <summary>The same as Bf16, as many call it: weights, sums and the loss stay fp32.</summary>
    Mixed,
}
