using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Cli.Bench;
using Headroom.Cli.Configuration;
using Headroom.Cli.Terminal;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Quantities;
using Headroom.Graph;
using Headroom.Planning;
using Headroom.Planning.Budgets;
using Headroom.Runtime.Execution;
using Headroom.Runtime.LibTorch;
using Headroom.Runtime.Probes;
using Headroom.Training;

namespace Headroom.Cli.Stages;

/// <summary>Plans a run and writes plan.json: under a budget it chooses precision, micro-batches, recomputation and the number of steps first.</summary>
internal sealed class PlanStage(RunContext run, Prepared data, ModelRecipe recipe)
{
    // Of the time there is: validation, checkpoints and what else a prediction of steps leaves out.
    private const double TimeKept = 0.93;
    private readonly Model model = recipe.BuildWithLoss();
    private readonly int rows = data.Train.Rows.Length;
    private readonly List<PlanChoice> choices = [];
    private IReadOnlyList<PlanAlternative> alternatives = [];

    /// <summary>The settings that training shall take, and the plan's hash.</summary>
    /// <exception cref="InputException">Nothing fits the budget, or the machine.</exception>
    public async Task<(TrainingSettings Settings, string Hash)> RunAsync(bool resume)
    {
        Lines.Stage("Plan");
        TrainSettings asked = run.Settings.Train;
        Levers? levers = null;
        Probe? probe = null;
        if (asked.Budget is BudgetSettings budget)
        {
            if (resume && Chosen() is Levers chosen) levers = chosen;
            else (levers, probe) = await ChooseAsync(asked, budget);
        }
        TrainingSettings settings = Training(levers);
        TrainingGraphs graphs = Graphs(settings);
        if (levers is null) CheckMemory(graphs);
        return (settings, Write(settings, graphs, probe ?? await ProbeAsync()));
    }

    /// <summary>What the interrupted run had chosen, with its reasons; null if it was interrupted before: the levers that lie there then are only those that it was trying.</summary>
    private Levers? Chosen()
    {
        if (!run.Folder.Has<PlanDocument>() || !File.Exists(run.Levers)) return null;
        PlanDocument plan = run.Folder.Read<PlanDocument>();
        choices.AddRange(plan.Choices);
        alternatives = plan.Alternatives;
        return Levers.Load(run.Levers);
    }

    private async Task<(Levers Levers, Probe Probe)> ChooseAsync(TrainSettings asked, BudgetSettings budget)
    {
        ElementType[] computes = asked.Compute is not null ? [Training().Compute] : [ElementType.Float32, ElementType.BFloat16];
        IReadOnlyList<int> parts = asked.MicroBatches is int given ? [given] : LeverSpace.MicroBatches(model, asked.Batch);
        var measured = new Dictionary<ElementType, Overhead>();
        foreach (ElementType compute in computes)
        {
            Lines.Note($"measuring the step's operators in {compute.ShortName()}");
            measured[compute] = (await ProbeAsync(new Levers(compute, 1))).Overhead;
        }
        var search = new BudgetSearch(l => [.. Graphs(Training(l)).All], c => measured[c]);
        var choice = new BudgetChoice(search.Candidates(computes, parts), budget.Memory);
        Candidate chosen;
        Probe probe;
        while (true)
        {
            chosen = choice.Pick();
            probe = await ProbeAsync(chosen.Levers);
            // Its own operators were measured now, not estimated from others: a plan that turns out larger is weighed again.
            var working = new Bytes(chosen.Graph.Value + probe.Overhead.Total);
            if (budget.Memory is null || working + BudgetChoice.Margin(working) <= budget.Memory) break;
            choice = choice with { Candidates = [.. choice.Candidates.Select(c => c == chosen ? c with { Working = working } : c)] };
        }
        choices.AddRange(choice.Explain(chosen));
        alternatives = choice.Alternatives();
        Levers levers = chosen.Levers;
        if (budget.Minutes is double minutes) levers = levers with { MaxSteps = Steps(Training(levers), probe, minutes) };
        levers.Save(run.Levers);
        return (levers, probe);
    }

    /// <summary>Updates that fit into the time; null where all that were asked for do.</summary>
    private long? Steps(TrainingSettings settings, Probe probe, double minutes)
    {
        double step = Update(settings, Graphs(settings), probe);
        long fit = (long)(minutes * 60 * TimeKept / step), asked = settings.TotalSteps(rows) ?? long.MaxValue;
        if (fit < 1) throw new InputException("train.budget.minutes", $"one step takes {new Seconds(step)}, and none fits into {minutes} minutes", "Give more time, a smaller model, or a smaller train.batch.");
        string all = new Seconds(asked * step).ToString();
        choices.Add(fit >= asked
            ? new("steps", asked.ToString("N0", CultureInfo.InvariantCulture), $"all that were asked for: {all} of {minutes} minutes")
            : new("steps", fit.ToString("N0", CultureInfo.InvariantCulture), $"the {asked:N0} that were asked for would take {all}; the schedule ends with what fits into {minutes} minutes"));
        return fit >= asked ? null : fit;
    }

    /// <summary>Seconds of one update, predicted.</summary>
    private static double Update(TrainingSettings settings, TrainingGraphs graphs, Probe probe)
        => UpdateTime.Of(probe.Times, settings.MicroBatches, graphs.Step.Batch, graphs.Step.Update);

    private TrainingSettings Training(Levers? levers = null) => run.Settings.Train.ToTraining(rows, run.Settings.Lines.At("train.batch"), levers);

    private TrainingGraphs Graphs(TrainingSettings settings)
    {
        try
        {
            return TrainingGraphs.Build(model, settings, data.Validation.Rows.Length > 0);
        }
        catch (GraphException e)
        {
            throw new InputException($"{run.Settings.Lines.At("model")}: {e.Message}\nThe settings under 'model' make it so.", e);
        }
    }

    /// <summary>Measures in a process of its own, in which nothing has run yet: that is what makes the measured part honest.</summary>
    private async Task<Probe> ProbeAsync(Levers? levers = null)
    {
        levers?.Save(run.Levers);
        JsonObject measured = await ChildProcess.JsonAsync(
            ChildProcess.Self,
            ["probe", "--run", run.Folder.Path, "--rows", rows.ToString(CultureInfo.InvariantCulture), "--threads", Library.Threads.ToString(CultureInfo.InvariantCulture)],
            run.Cancellation);
        return Probe.Parse(measured);
    }

    private string Write(TrainingSettings settings, TrainingGraphs graphs, Probe probe)
    {
        PlanDocument plan = MachinePlan.Create(graphs.Step.Batch, [.. graphs.All.Skip(1)], probe.Overhead, new Dictionary<string, string> { ["dataset"] = data.Fingerprint }, settings.ToSettings(), DateTimeOffset.UtcNow, MachineProfile.LoadRates())
            with { Choices = choices, Alternatives = alternatives };
        plan = plan with { Measurements = [.. plan.Measurements, new("update_seconds", Update(settings, graphs, probe), "seconds", Method: "every node's time alone on this machine, summed over the micro-batches and the update")] };
        string hash = run.Folder.Write(plan);
        Lines.Note($"{recipe.Build().Parameters:N0} parameters, {new Flops(plan["step_flops"].Value)} a step of {settings.BatchSize} rows, {settings.TotalSteps(rows):N0} steps");
        Lines.Note($"memory: {new Bytes((long)plan["graph_bytes"].Value)} of buffers, {new Bytes((long)plan["working_bytes"].Value)} in all above the baseline");
        foreach (PlanChoice c in choices) Lines.Note($"{c.Lever}: {c.Value}; {c.Why}");
        return hash;
    }

    /// <summary>A step that can't fit is refused by arithmetic, before the machine runs out of memory over it.</summary>
    private static void CheckMemory(TrainingGraphs graphs)
    {
        var wanted = new Bytes((long)graphs.All.Max(g => Session.Plan(g) is var p ? (double)p.ArenaBytes + p.Graph.States.Sum(s => (double)s.Type.Bytes) : 0));
        var available = new Bytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        if (wanted.Value > available.Value)
            throw new InputException("plan", $"the step takes {wanted} of buffers, and this machine has {available} of memory", "Take a smaller train.batch, more train.micro_batches, or a smaller model.");
    }
}
