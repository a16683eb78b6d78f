using Headroom.Cli.Terminal;
using Headroom.Devices.Power;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Quantities;
using Headroom.Planning;
using Headroom.Planning.Budgets;
using Headroom.Runtime.Execution;
using Headroom.Training;

namespace Headroom.Cli.Stages;

/// <summary>Plans a run and writes plan.json, once what the settings leave open is chosen.</summary>
internal sealed class PlanStage(RunContext run, Prepared data, ModelRecipe recipe)
{
    private readonly TrainingVariants training = new(run, data, recipe);

    /// <summary>The settings that training shall take, the network as it was chosen, and the plan's hash.</summary>
    /// <exception cref="InputException">Nothing fits the budget, or the machine.</exception>
    public async Task<(TrainingSettings Settings, ModelRecipe Recipe, string Hash)> RunAsync(bool resume)
    {
        Lines.Stage("Plan");
        ChosenLevers? before = resume ? ChosenBefore() : null;
        if (before is null && training.Asked.Budget is null) CheckMemory(training.Graphs(training.Settings()));
        ChosenLevers chosen = before ?? await new LeverChooser(training).ChooseAsync();
        if (before is null) chosen.Levers?.Save(run.Levers);
        TrainingSettings settings = training.Settings(chosen.Levers);
        return (settings, recipe.With(chosen.Levers), Write(settings, chosen, chosen.Probe ?? await training.ProbeAsync()));
    }

    /// <summary>What the interrupted run had chosen, with its reasons; null if it was interrupted before: the levers that lie there then are only those that it was trying.</summary>
    private ChosenLevers? ChosenBefore()
    {
        if (!run.Folder.Has<PlanDocument>() || !File.Exists(run.Levers)) return null;
        PlanDocument plan = run.Folder.Read<PlanDocument>();
        return new ChosenLevers(Levers.Load(run.Levers), null) { Choices = plan.Choices, Alternatives = plan.Alternatives };
    }

    private string Write(TrainingSettings settings, ChosenLevers chosen, Probe probe)
    {
        TrainingGraphs graphs = training.Graphs(settings, chosen.Levers);
        PlanDocument plan = MachinePlan.Create(graphs.Step.Batch, [.. graphs.All.Skip(1)], probe.Overhead, new Dictionary<string, string> { ["dataset"] = data.Fingerprint }, settings.ToSettings(), DateTimeOffset.UtcNow, MachineProfile.LoadRates())
            with { Choices = chosen.Choices, Alternatives = chosen.Alternatives };
        double update = TrainingVariants.Update(settings, graphs, probe);
        plan = plan with { Measurements = [.. plan.Measurements, new("update_seconds", update, "seconds", Method: "every node's time alone on this machine, summed over the micro-batches and the update, in the proportion that a rehearsed update took to that sum")] };
        MachinePower power = MachinePower.Of(Environment.ProcessorCount);
        if (power.Watts is Watts watts && settings.TotalSteps(training.Rows) is long steps)
            plan = plan with { Measurements = [.. plan.Measurements, new("energy_joules", watts.Value * update * steps, "joules", Method: $"update_seconds by {steps} steps and the power; {power.Method}")] };
        string hash = run.Folder.Write(plan);
        long all = recipe.Build().Parameters, trained = training.Of(chosen.Levers).Parameters;
        Lines.Note($"{all:N0} parameters, {(recipe.Adapter is null ? "" : $"{trained:N0} of adapters and what is trained whole, ")}{new Flops(plan["step_flops"].Value)} a step of {settings.BatchSize} rows, {settings.TotalSteps(training.Rows):N0} steps");
        Lines.Note($"memory: {new Bytes((long)plan["graph_bytes"].Value)} of buffers, {new Bytes((long)plan["working_bytes"].Value)} in all above the baseline");
        foreach (PlanChoice c in plan.Choices) Lines.Note($"{c.Lever}: {c.Value}; {c.Why}");
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
