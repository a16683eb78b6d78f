namespace Headroom.Cli.Report;

/// <summary>What the planner chose under a budget, why, and what else there was; nothing without a budget.</summary>
internal static class PlanSection
{
    public static Section? Of(RunEvidence run)
    {
        if (run.Plan?.Document is not { Choices.Count: > 0 } plan) return null;
        Html choices = Table.Of(["Lever", "Chosen", "Why"], Html.Join(plan.Choices, c => Table.Row(Table.Name(c.Lever), Table.Text(c.Value), Table.Text(c.Why))));
        if (plan.Alternatives.Count == 0) return new Section("plan", "Plan", choices);
        double most = plan.Alternatives.Max(a => (double)a.Working.Value), slowest = plan.Alternatives.Max(a => a.Step.Value);
        Html alternatives = Table.Of(["Levers", "#Working memory", "#A step", "Fits"], Html.Join(plan.Alternatives, a => Table.Row(
            Table.Name(a.Levers), Table.Bar(a.Working.ToString(), a.Working.Value / most), Table.Bar(a.Step.ToString(), a.Step.Value / slowest), Table.Text(a.Fits ? "yes" : "no"))));
        return new Section("plan", "Plan", choices + Html.Of($"<h3>What else there was <span class=\"soft\">predicted; from the fastest to the smallest</span></h3>\n") + alternatives);
    }
}
