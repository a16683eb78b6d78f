using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Quantities;

namespace Headroom.Cli.Report;

/// <summary>Where the time of a step goes, measured, and what the plan counts for each operator.</summary>
internal static class TimeSection
{
    private const int MostBars = 15;

    public static Section Of(RunEvidence run) => new("time", "Time", Predicted(run.Plan?.Document.Find("update_seconds"), run.Training?.Document.Find("update_seconds")) + Times(run.Training?.Document) + Costs(run.Plan?.Document));

    private static Html Predicted(Measurement? plan, Measurement? training)
    {
        if (plan is null || training is null) return Html.Empty;
        double off = (training.Value / plan.Value) - 1;
        return Section.Note($"A step was predicted to take {new Seconds(plan.Value)}; it took {new Seconds(training.Value)}, {Show.Percent(Math.Abs(off))} {(off > 0 ? "more" : "less")}.");
    }

    private static Html Times(TrainingDocument? training)
    {
        if (training is null) return Section.Lacks("training.json", "train", "nothing was timed");
        if (training.TimeByOperator.Count == 0) return Section.Note("training.json holds no time by operator.");
        OperatorTime[] sorted = [.. training.TimeByOperator.OrderByDescending(t => t.Seconds)];
        OperatorTime[] shown = sorted.Length <= MostBars + 1 ? sorted : [.. sorted[..MostBars], Rest(sorted[MostBars..])];
        double most = Math.Max(double.Epsilon, shown.Max(t => t.Share));
        return Html.Of($"<h3>Where a step's time goes <span class=\"soft\">measured, by operator</span></h3>\n") + Table.Of(["Operator", "", "#Time", "#Share"], Html.Join(shown, t => Table.Row(
            Table.Name(t.Operator), Html.Of($"<td class=\"wide\">{Table.Track(t.Share / most)}</td>"), Table.Number(t.Seconds.ToString()), Table.Number(Show.Percent(t.Share)))), "times");
    }

    private static OperatorTime Rest(OperatorTime[] others) =>
        new($"{others.Length} others", new Seconds(others.Sum(t => t.Seconds.Value)), others.Sum(t => t.Share));

    private static Html Costs(PlanDocument? plan)
    {
        if (plan is null) return Section.Lacks("plan.json", "train", "there are no costs by operator");
        if (plan.Operators.Count == 0) return Section.Note("plan.json holds no costs by operator.");
        double flops = plan.Operators.Sum(o => o.Flops.Value), read = plan.Operators.Sum(o => (double)o.BytesRead.Value), written = plan.Operators.Sum(o => (double)o.BytesWritten.Value);
        Html rows = Html.Join(plan.Operators.OrderByDescending(o => o.Flops).ThenByDescending(o => o.BytesRead.Value), o => Table.Row(
            Table.Name(o.Operator), Table.Number(Show.Count(o.Nodes)), Table.Bar(o.Flops.ToString(), flops > 0 ? o.Flops.Value / flops : 0),
            Table.Number(o.BytesRead.ToString()), Table.Number(o.BytesWritten.ToString()), Table.Number(o.ScratchBytes.ToString())));
        Html total = Html.Of($"""
            <tr class="total"><th scope="row">one step</th><td class="n">{Show.Count(plan.Operators.Sum(o => (long)o.Nodes))}</td><td class="n">{new Flops(flops).ToString()}</td><td class="n">{Show.Value(read, "bytes")}</td><td class="n">{Show.Value(written, "bytes")}</td><td class="n">{plan.Operators.Max(o => o.ScratchBytes).ToString()}</td></tr>

            """);
        return Html.Of($"<h3>What a step costs <span class=\"soft\">by the plan; a multiply-add counts two</span></h3>\n")
            + Table.Of(["Operator", "#Nodes", "#FLOPs", "#Read", "#Written", "#Scratch, at most"], rows + total);
    }
}
