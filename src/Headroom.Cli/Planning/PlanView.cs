using System.Globalization;
using Headroom.Cli.Terminal;
using Headroom.Evidence.Quantities;
using Headroom.Planning.Economics;
using Headroom.Planning.Search;
using Headroom.Planning.Training;

namespace Headroom.Cli.Planning;

/// <summary>Plans on the terminal: the best, why the first wins, what would change that, and what to type next.</summary>
/// <param name="planned">What was asked.</param>
/// <param name="search">The search.</param>
/// <param name="result">What it found.</param>
internal sealed class PlanView(PlannedRequest planned, TrainingSearch search, SearchResult result)
{
    private const int Shown = 8;

    /// <summary>One plan a kind of accelerator and number of them, the best first; the rest of the front differs by memory alone. Of a kind that is best in nothing, its best.</summary>
    public static IReadOnlyList<TrainingPlan> Choose(TrainingSearch search, SearchResult result) =>
        [.. result.Front.Concat(result.Kinds.Where(k => result.Front.All(p => p.Accelerator != k.Accelerator))).GroupBy(p => (p.Accelerator.Name, p.Count)).Select(g => g.MinBy(search.Aim)!).OrderBy(search.Aim).ThenBy(p => p.Seconds)];

    public void Print()
    {
        SearchRequest r = planned.Request;
        string what = r.Job.AdapterParameters is double a ? $"{(r.Job.WeightBytes < 1 ? "QLoRA" : "LoRA")}, {CountText.Show(a)} trained weights" : "all weights trained";
        Lines.Stage($"{planned.Model.Name}: {CountText.Show(r.Shape.Parameters)} parameters, {what}, {CountText.Show(r.Tokens)} tokens in {r.Steps:N0} steps of {r.Batch} x {r.Sequence}");
        foreach (string assumption in planned.Assumptions) Lines.Note("assumed  " + assumption);
        if (result.Best is not TrainingPlan best)
        {
            Refusal();
            return;
        }
        IReadOnlyList<TrainingPlan> chosen = Choose(search, result);
        TrainingPlan[] shown = [.. chosen.Take(Shown).Concat(chosen.Skip(Shown).Where(p => planned.Request.Devices.Count <= Shown && result.Kinds.Contains(p) && chosen.Take(Shown).All(q => q.Accelerator != p.Accelerator)))];
        Rows(shown);
        if (chosen.Count > shown.Length) Lines.Note($"and {chosen.Count - shown.Length} more that are best in something; --json has them all");
        Why(best);
        Changes(best, chosen);
        Next(best);
        Lines.Note($"weighed {result.Weighed:N0} layouts; {result.Pruned:N0} more were ruled out by bounds, {result.TooLarge:N0} didn't fit");
    }

    /// <summary>Two lines a plan: figures, and beneath them the layout, which no column is wide enough for.</summary>
    private void Rows(TrainingPlan[] plans)
    {
        string[][] cells = [(string[])["", "memory", "a step", "in all", "money", "energy", "MFU"], .. plans.Select(p => (string[])
        [
            $"{p.Count} x {p.Accelerator.Name}", $"{p.Memory.Total / 1e9:F0} of {p.Accelerator.Memory?.Value / 1e9:F0} GB", new Seconds(p.Time.Seconds).ToString(), Span(p.Seconds), Sum(p.Dollars), p.Joules is double j ? Energy(j) : "-",
            $"{p.Mfu * 100:F0} %",
        ])];
        int[] widths = [.. Enumerable.Range(0, cells[0].Length).Select(c => cells.Max(row => row[c].Length))];
        for (int i = 0; i < cells.Length; i++)
        {
            Lines.Note((cells[i][0].PadRight(widths[0]) + string.Concat(cells[i].Skip(1).Select((cell, c) => "  " + cell.PadLeft(widths[c + 1])))).TrimEnd());
            if (i > 0) Lines.Note("    " + plans[i - 1].Layout);
        }
    }

    private void Why(TrainingPlan best)
    {
        TrainingCalibration fitted = TrainingCalibration.For(best.Accelerator);
        Lines.Stage("Why the first");
        Lines.Note(fitted.Interval(best.Seconds) is { } i
            ? $"its time lies in {Span(i.Low)} to {Span(i.High)} nine times of ten, by the published runs that the planner is held to{(i.Extrapolates ? $"; none was on {best.Accelerator.Family}: it extrapolates" : "")}"
            : "no published run says how far its time may be off");
        Lines.Note("of a step " + string.Join(", ", Parts(best.Time).Where(p => p.Seconds > 0.01 * best.Time.Seconds).OrderByDescending(p => p.Seconds).Select(p => $"{p.Seconds / best.Time.Seconds:P0} {p.Name}")));
        Neighbour[] around = [.. Neighbour.Of(search, best)];
        int width = around.Length == 0 ? 0 : around.Max(n => n.Change.Length);
        foreach (Neighbour n in around) Lines.Note($"{n.Change.PadRight(width)}  {n.Reason}");
    }

    private void Changes(TrainingPlan best, IReadOnlyList<TrainingPlan> chosen)
    {
        Lines.Stage("What would change the answer");
        foreach ((PlanGoal goal, string what, Func<TrainingPlan, double?> of) in ((PlanGoal, string, Func<TrainingPlan, double?>)[])[(PlanGoal.Time, "fastest", p => p.Seconds), (PlanGoal.Money, "cheapest", p => p.Dollars), (PlanGoal.Energy, "least energy", p => p.Joules)])
        {
            if (goal == planned.Request.Goal || chosen.Where(p => of(p) is not null).MinBy(p => of(p)) is not TrainingPlan other || (other.Accelerator == best.Accelerator && other.Count == best.Count)) continue;
            Lines.Note($"--goal {goal.ToString().ToLowerInvariant(),-8} {what}: {other.Count} x {other.Accelerator.Name}, {Span(other.Seconds)}, {Sum(other.Dollars)}{(other.Joules is double j ? $", {Energy(j)}" : "")}");
        }
        TrainingPlan? rival = chosen.FirstOrDefault(p => p.Accelerator.Name != best.Accelerator.Name);
        if (rival is { Dollars: double theirs } && best.Dollars is double mine && planned.Request.Goal == PlanGoal.Money) Lines.Note($"{rival.Accelerator.Name} would be the cheapest under {Sum(rival.Device.DollarsPerHour * mine / theirs)} an hour (it is {Sum(rival.Device.DollarsPerHour)})");
        else if (rival is not null) Lines.Note($"without {best.Accelerator.Name}: {rival.Count} x {rival.Accelerator.Name}, {Span(rival.Seconds)}, {Sum(rival.Dollars)}");
        if (planned.Prices.Source(best.Accelerator) is string source) Lines.Note($"the price, {Sum(best.Device.DollarsPerHour)} an hour of one, is {source}; --price {(best.Accelerator.Aliases is [string alias, ..] ? alias : best.Accelerator.Family.ToLowerInvariant())}=... for yours");
        if (planned.Request.Power.GramsPerKilowattHour is not null && best.Joules is double joules) Lines.Note($"carbon    {planned.Request.Power.Grams(new Joules(joules))!.Value / 1000:N1} kg of CO2");
    }

    private void Next(TrainingPlan best)
    {
        Lines.Stage("Next");
        Lines.Note("the same with --explain for the arithmetic, --html plan.html for plots");
        string[] able = [.. PlanExports.All.Where(e => e.Obstacle(best) is null).Select(e => e.Name)];
        if (able.Length > 0) Lines.Note($"the same with --export settings/ writes it for {string.Join(", ", able)}");
    }

    private void Refusal()
    {
        Lines.Stage("No plan fits");
        if (result.Smallest is TrainingPlan s) Lines.Note($"nearest: {s.Count} x {s.Accelerator.Name}, {s.Layout}: {s.Memory.Total / 1e9:F1} of {search.Capacity(s.Device) / 1e9:F1} GB");
        else Lines.Note("layouts fit the memory, and none keeps to the rest of the budget");
        Lines.Note("more accelerators (--gpus), larger ones (--on), --method lora or qlora, --optimizer adamw8bit, --offload, or a larger --budget would");
    }

    /// <summary>The parts of a step, by name.</summary>
    public static IEnumerable<(string Name, double Seconds)> Parts(TrainingTime t) =>
    [
        ("products", t.Matrices), ("attention", t.Attention), ("elementwise", t.Elementwise), ("recomputed", t.Recomputed), ("launches", t.Host), ("tensor, context and expert collectives", t.Tensor), ("waiting stages", t.Bubble), ("data-parallel collectives", t.Data), ("update", t.Update),
    ];

    /// <summary>Hours and days for long runs.</summary>
    public static string Span(double seconds) => seconds < 2 * 86400 ? new Seconds(seconds).ToString() : seconds < 100 * 86400 ? (seconds / 86400).ToString("F1", CultureInfo.InvariantCulture) + " days" : (seconds / 86400).ToString("N0", CultureInfo.InvariantCulture) + " days";

    private static string Energy(double joules) => joules < 3.6e9 ? (joules / 3.6e6).ToString(joules < 3.6e7 ? "F2" : "F0", CultureInfo.InvariantCulture) + " kWh" : (joules / 3.6e9).ToString(joules < 3.6e10 ? "F1" : "N0", CultureInfo.InvariantCulture) + " MWh";

    private string Sum(double? dollars) => dollars is double d ? new Money(d * planned.Prices.Rates.Of(planned.Currency)!.Value, planned.Currency).ToString() : "-";
}
