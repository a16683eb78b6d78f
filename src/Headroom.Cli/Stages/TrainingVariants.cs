using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Cli.Bench;
using Headroom.Cli.Configuration;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Planning;
using Headroom.Planning.Budgets;
using Headroom.Runtime.LibTorch;
using Headroom.Training;

namespace Headroom.Cli.Stages;

/// <summary>A run's training with any levers: its settings, its graphs, and what this machine takes for them.</summary>
internal sealed class TrainingVariants(RunContext run, Prepared data, ModelRecipe recipe)
{
    public TrainSettings Asked { get; } = run.Settings.Train;

    public Model Model { get; } = recipe.BuildWithLoss();

    /// <summary>Training rows.</summary>
    public int Rows { get; } = data.Train.Rows.Length;

    public TrainingSettings Settings(Levers? levers = null) => Asked.ToTraining(Rows, run.Settings.Lines.At("train.batch"), levers);

    /// <exception cref="InputException">The model can't be trained.</exception>
    public TrainingGraphs Graphs(TrainingSettings settings)
    {
        try
        {
            return TrainingGraphs.Build(Model, settings, data.Validation.Rows.Length > 0);
        }
        catch (GraphException e)
        {
            throw new InputException($"{run.Settings.Lines.At("model")}: {e.Message}\nThe settings under 'model' make it so.", e);
        }
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
