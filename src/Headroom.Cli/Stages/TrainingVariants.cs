using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Cli.Bench;
using Headroom.Cli.Configuration;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Passes;
using Headroom.Planning;
using Headroom.Planning.Budgets;
using Headroom.Runtime.LibTorch;
using Headroom.Training;

namespace Headroom.Cli.Stages;

/// <summary>A run's training with any levers: its settings, its graphs, and what this machine takes for them.</summary>
internal sealed class TrainingVariants(RunContext run, Prepared data, ModelRecipe recipe)
{
    public TrainSettings Asked { get; } = run.Settings.Train;

    /// <summary>As the settings have it.</summary>
    public Model Model { get; } = recipe.BuildWithLoss();

    /// <summary>Forms of the frozen weights that a planner may choose among: none where the settings say one, or nothing is frozen.</summary>
    public IReadOnlyList<BaseStorage?> Bases => Asked.Adapter is { Base: null } ? [BaseStorage.Same, BaseStorage.Nf4] : [null];

    private readonly Dictionary<BaseStorage, Model> otherwise = [];

    /// <summary>Training rows.</summary>
    public int Rows { get; } = data.Train.Rows.Length;

    public TrainingSettings Settings(Levers? levers = null) => Asked.ToTraining(Rows, run.Settings.Lines.At("train.batch"), levers);

    /// <exception cref="InputException">The model can't be trained.</exception>
    public TrainingGraphs Graphs(TrainingSettings settings, Levers? levers = null)
    {
        try
        {
            return TrainingGraphs.Build(Of(levers), settings, data.Validation.Rows.Length > 0);
        }
        catch (GraphException e)
        {
            throw new InputException($"{run.Settings.Lines.At("model")}: {e.Message}\nThe settings under 'model' make it so.", e);
        }
    }

    /// <summary>The model with the weights in the form that was chosen.</summary>
    public Model Of(Levers? levers)
    {
        if (levers?.Base is not BaseStorage storage) return Model;
        if (!otherwise.TryGetValue(storage, out Model? model)) otherwise[storage] = model = recipe.With(levers).BuildWithLoss();
        return model;
    }

    /// <summary>Measures in a process of its own, in which nothing has run yet: that is what makes the measured part honest.</summary>
    public async Task<Probe> ProbeAsync(Levers? levers = null)
    {
        levers?.Save(run.Levers);
        JsonObject measured = await ChildProcess.JsonAsync(
            ChildProcess.Self,
            ["probe", "--run", run.Folder.Path, "--rows", Rows.ToString(CultureInfo.InvariantCulture), "--threads", Library.Threads.ToString(CultureInfo.InvariantCulture)],
            run.Cancellation);
        return Probe.Parse(measured);
    }

    /// <summary>Seconds of one update, predicted.</summary>
    public static double Update(TrainingSettings settings, TrainingGraphs graphs, Probe probe)
        => UpdateTime.Of(probe.Times, settings.MicroBatches, graphs.Step.Batch, graphs.Step.Update);
}
