using System.Collections.Immutable;
using System.Text.Json;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Graph;
using Headroom.Graph.Optimization;
using Headroom.Training.Schedules;

namespace Headroom.Training;

/// <summary>How a model is trained. Seed, settings, plan and data together decide every bit of what comes out.</summary>
public sealed record TrainingSettings
{
    /// <summary>Rows that make one update. Rows that don't fill a batch at an epoch's end are left out; the next epoch's shuffle leaves out others.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Equal parts that a batch is run in, their gradients averaged: less memory for the same update. Divides <see cref="BatchSize"/>.</summary>
    public int MicroBatches { get; init; } = 1;

    /// <summary>Passes over the training rows; null for no such limit.</summary>
    public int? Epochs { get; init; }

    /// <summary>Updates; null for no such limit.</summary>
    public long? MaxSteps { get; init; }

    /// <summary>Wall time of the run, in seconds, interruptions not counted; null for no such limit. A run that it ends is not repeatable to the bit.</summary>
    public double? MaxSeconds { get; init; }

    public OptimizerRule Optimizer { get; init; } = new AdamWRule();

    public LearningRateSchedule Schedule { get; init; } = new ConstantSchedule();

    /// <summary>The global gradient norm is scaled down to this; null for no clipping.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>The decay of a moving average of the weights, which is validated, kept and handed out in their place; null for none.</summary>
    public double? AverageDecay { get; init; }

    /// <summary>Updates between two looks at the validation rows; null for one at each epoch's end.</summary>
    public long? ValidationSteps { get; init; }

    /// <summary>Stops after this many validations in a row without a lower loss; null never stops early.</summary>
    public int? Patience { get; init; }

    /// <summary>Whether the weights of the lowest validation loss are put back at the end.</summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>Updates between two checkpoints; null for no such rule.</summary>
    public long? CheckpointSteps { get; init; }

    /// <summary>Seconds between two checkpoints; null for no such rule.</summary>
    public double? CheckpointSeconds { get; init; } = 60;

    public ulong Seed { get; init; }

    /// <summary>The element type of matrix work; weights, sums and the loss stay fp32.</summary>
    public ElementType Compute { get; init; } = ElementType.Float32;

    /// <summary>Activations that are dropped after the forward pass and made again in the backward pass, by name: less memory for the same numbers.</summary>
    public ImmutableArray<string> Recompute { get; init; } = [];

    /// <summary>Whether pictures may lie channels-last in memory; false where a machine is faster with them row by row.</summary>
    public bool ChannelsLast { get; init; } = true;

    /// <summary>Rows of one run of the graph.</summary>
    public int MicroBatchSize => BatchSize / MicroBatches;

    /// <summary>Updates in one pass over this many rows.</summary>
    public long StepsPerEpoch(long rows) => rows / BatchSize;

    /// <summary>Updates of the whole run, null where only time limits it.</summary>
    public long? TotalSteps(long rows)
    {
        long? byEpochs = Epochs * StepsPerEpoch(rows);
        return byEpochs is null || MaxSteps < byEpochs ? MaxSteps : byEpochs;
    }

    /// <summary>What goes into the graphs of the step.</summary>
    public TrainingStepOptions StepOptions => new(Optimizer) { ClipNorm = ClipNorm, AverageDecay = AverageDecay, MicroBatches = MicroBatches, Compute = Compute, Recompute = Recompute, ChannelsLast = ChannelsLast };

    /// <summary>As a document holds them.</summary>
    public IReadOnlyDictionary<string, JsonElement> ToSettings() => Settings.Of(
        ("batchSize", BatchSize), ("microBatches", MicroBatches), ("epochs", Epochs), ("maxSteps", MaxSteps), ("maxSeconds", MaxSeconds),
        ("optimizer", JsonSerializer.SerializeToElement(Optimizer, Optimizer.GetType(), EvidenceJson.Options)),
        ("schedule", JsonSerializer.SerializeToElement(Schedule, Schedule.GetType(), EvidenceJson.Options)),
        ("clipNorm", ClipNorm), ("averageDecay", AverageDecay), ("validationSteps", ValidationSteps), ("patience", Patience), ("keepBest", KeepBest),
        ("checkpointSteps", CheckpointSteps), ("checkpointSeconds", CheckpointSeconds), ("seed", Seed), ("compute", Compute.ShortName()), ("recompute", Recompute.Length), ("channelsLast", ChannelsLast));

    /// <summary>Settings that a resumed run may have otherwise: they say how far it goes and when it saves, not which numbers it computes.</summary>
    internal static bool MayDiffer(string name) => name is "epochs" or "maxSteps" or "maxSeconds" or "checkpointSteps" or "checkpointSeconds";

    /// <exception cref="InputException">A number is out of its range, or two clash.</exception>
    internal void Check(long rows)
    {
        if (BatchSize < 1) throw Bad("batch_size", $"a batch of {BatchSize} rows can't be trained on", "Give 1 or more.");
        if (MicroBatches < 1 || BatchSize % MicroBatches != 0) throw Bad("micro_batches", $"{MicroBatches} micro-batches don't divide a batch of {BatchSize} rows", "Give a divisor of the batch size.");
        if (rows < BatchSize) throw Bad("batch_size", $"{rows} training rows don't fill one batch of {BatchSize}", "Give a smaller batch size, or more rows.");
        if (Epochs is null && MaxSteps is null && MaxSeconds is null) throw Bad("epochs", "nothing says when the run ends", "Give epochs, steps or seconds.");
        if (Epochs < 1 || MaxSteps < 1 || !(MaxSeconds is null or > 0)) throw Bad("epochs", $"a run of {Epochs} epochs, {MaxSteps} steps, {MaxSeconds} seconds does nothing", "Give numbers above 0.");
        if (ClipNorm is double clip && !(clip > 0 && double.IsFinite(clip))) throw Bad("clip_norm", $"a gradient can't be clipped to {clip}", "Give a number above 0, or leave it out.");
        if (AverageDecay is double average && !(average is >= 0 and < 1)) throw Bad("ema", $"an average can't decay by {average}", "Give a number from 0 to less than 1, such as 0.999, or leave it out.");
        if (ValidationSteps < 1 || Patience < 1 || CheckpointSteps < 1 || CheckpointSeconds is < 0 or double.NaN) throw Bad("training", "an interval or the patience is below 1", "Give 1 or more, or leave it out.");
        if (Schedule.Fault() is string fault) throw Bad("schedule", fault, "Correct the schedule.");
    }

    private static InputException Bad(string where, string what, string remedy) => new(where, what + ".", remedy);
}
