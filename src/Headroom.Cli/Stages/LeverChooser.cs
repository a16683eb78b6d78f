using System.Globalization;
using Headroom.Cli.Configuration;
using Headroom.Cli.Terminal;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Quantities;
using Headroom.Graph;
using Headroom.Planning.Budgets;
using Headroom.Training;

namespace Headroom.Cli.Stages;

/// <summary>What was chosen, with the reasons and, where it was measured, the probe of just that.</summary>
internal sealed record ChosenLevers(Levers? Levers, Probe? Probe)
{
    public IReadOnlyList<PlanChoice> Choices { get; init; } = [];

    public IReadOnlyList<PlanAlternative> Alternatives { get; init; } = [];
}

/// <summary>Chooses by measurement what the settings leave open: under a budget precision, micro-batches, recomputation and the number of steps; always how pictures lie in memory.</summary>
internal sealed class LeverChooser(TrainingVariants training)
{
    // Of the time there is: validation, checkpoints and what else a prediction of steps leaves out.
    private const double TimeKept = 0.93;

    // Measurements of a layout that differ by less are alike; then the usual one is taken, so that a run and its repetition take the same.
    private const double WorthIt = 0.95;

    /// <exception cref="InputException">Nothing fits the budget.</exception>
    public Task<ChosenLevers> ChooseAsync() => training.Asked.Budget is BudgetSettings budget ? UnderBudgetAsync(budget) : LayoutAsync();

    private async Task<ChosenLevers> LayoutAsync()
    {
        TrainingSettings asked = training.Settings();
        var levers = new Levers(asked.Compute, asked.MicroBatches);
        if (!HasPictures(levers)) return new ChosenLevers(null, null);
        Lines.Note("measuring the step's operators, pictures channels-last and row by row");
        Levers rows = levers with { ChannelsLast = false };
        Probe probe = await training.ProbeAsync(levers), rowProbe = await training.ProbeAsync(rows);
        double time = Update(levers, probe), rowTime = Update(rows, rowProbe);
        bool last = rowTime > WorthIt * time;
        return new ChosenLevers(last ? levers : rows, last ? probe : rowProbe)
        {
            Choices = [new("layout", last ? "channels-last" : "row by row", $"{new Seconds(time)} a step with pictures channels-last, {new Seconds(rowTime)} row by row")],
        };
    }

    private async Task<ChosenLevers> UnderBudgetAsync(BudgetSettings budget)
    {
        TrainSettings asked = training.Asked;
        ElementType[] computes = asked.Compute is not null ? [training.Settings().Compute] : [ElementType.Float32, ElementType.BFloat16];
        IReadOnlyList<int> parts = asked.MicroBatches is int given ? [given] : LeverSpace.MicroBatches(training.Model, asked.Batch);
        List<Levers> bases = [.. computes.SelectMany(c => training.Bases.Select(b => new Levers(c, 1) { Base = b }))];
        bases.AddRange([.. bases.Where(HasPictures).Select(b => b with { ChannelsLast = false })]);
        var measured = new Dictionary<Levers, Probe>();
        foreach (Levers one in bases)
        {
            Lines.Note($"measuring the step's operators in {one}");
            measured[one] = await training.ProbeAsync(one);
        }
        var search = new BudgetSearch(l => [.. training.Graphs(training.Settings(l), l).All], l => measured[l].Overhead);
        var choice = new BudgetChoice(search.Candidates(bases, parts), budget.Memory);
        Candidate chosen;
        Probe probe;
        while (true)
        {
            chosen = choice.Pick();
            probe = await training.ProbeAsync(chosen.Levers);
            // Its own operators were measured now, not estimated from others: a plan that turns out larger is weighed again.
            var working = new Bytes(chosen.Graph.Value + probe.Overhead.Total);
            if (budget.Memory is null || working + BudgetChoice.Margin(working) <= budget.Memory) break;
            choice = choice with { Candidates = [.. choice.Candidates.Select(c => c == chosen ? c with { Working = working } : c)] };
        }
        var result = new ChosenLevers(chosen.Levers, probe) { Choices = choice.Explain(chosen), Alternatives = choice.Alternatives() };
        if (budget.Minutes is not double minutes) return result;
        (long? most, PlanChoice why) = Steps(chosen.Levers, probe, minutes);
        return result with { Levers = chosen.Levers with { MaxSteps = most }, Choices = [.. result.Choices, why] };
    }

    /// <summary>Updates that fit into the time; null where all that were asked for do.</summary>
    private (long? Most, PlanChoice Why) Steps(Levers levers, Probe probe, double minutes)
    {
        double step = Update(levers, probe);
        long fit = (long)(minutes * 60 * TimeKept / step), asked = training.Settings(levers).TotalSteps(training.Rows) ?? long.MaxValue;
        if (fit < 1) throw new InputException("train.budget.minutes", $"one step takes {new Seconds(step)}, and none fits into {minutes} minutes", "Give more time, a smaller model, or a smaller train.batch.");
        string all = new Seconds(asked * step).ToString();
        return fit >= asked
            ? (null, new("steps", asked.ToString("N0", CultureInfo.InvariantCulture), $"all that were asked for: {all} of {minutes} minutes"))
            : (fit, new("steps", fit.ToString("N0", CultureInfo.InvariantCulture), $"the {asked:N0} that were asked for would take {all}; the schedule ends with what fits into {minutes} minutes"));
    }

    private double Update(Levers levers, Probe probe)
    {
        TrainingSettings settings = training.Settings(levers);
        return TrainingVariants.Update(settings, training.Graphs(settings, levers), probe);
    }

    private bool HasPictures(Levers levers) => !training.Graphs(training.Settings(levers), levers).Step.Batch.ChannelsLast.IsEmpty;
}
