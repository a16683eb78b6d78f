using Headroom.Evidence;
using Headroom.Evidence.Documents;

namespace Headroom.Cli.Report;

/// <summary>What the plan said that training would take, beside what it took, and what the memory is filled with.</summary>
internal static class MemorySection
{
    private const int Colours = 8;

    public static Section Of(RunEvidence run)
    {
        PlanDocument? plan = run.Plan?.Document;
        TrainingDocument? training = run.Training?.Document;
        Html body = Html.Empty;
        if (plan is null) body += Section.Lacks("plan.json", "train", "nothing was predicted");
        if (training is null) body += Section.Lacks("training.json", "train", "nothing was measured");
        body += Compare("Graph bytes", "the buffers of the schedule, which the plan knows to the byte", plan?.Find("graph_bytes"), training?.Find("graph_bytes"), exact: true);
        body += Compare("Working memory", "what the process takes beyond what it held before training", plan?.Find("working_bytes"), training?.Find("working_bytes"), exact: false);
        if (plan is { Buffers.Count: > 0 }) body += Buffers(plan.Buffers);
        return new Section("memory", "Memory", body);
    }

    private static Html Compare(string title, string meaning, Measurement? planned, Measurement? measured, bool exact)
    {
        if (planned is null && measured is null) return Html.Empty;
        double most = Math.Max(1, Math.Max(Math.Abs(planned?.Value ?? 0), Math.Abs(measured?.Value ?? 0)));
        return Html.Of($"""
            <h3>{title} <span class="soft">{meaning}</span></h3>
            <div class="scroll"><table class="compare"><tbody>
            {Row("predicted", planned, most, "theirs")}{Row("measured", measured, most, "")}</tbody></table></div>
            <p class="note">{Words(planned, measured, exact)}</p>

            """);
    }

    private static Html Row(string name, Measurement? m, double most, string kind) => m is null
        ? Table.Row(Table.Name(name), Table.Text("not there"))
        : Html.Of($"<tr title=\"{m.Method}\"><th scope=\"row\">{name}</th><td class=\"wide\">{Table.Track(m.Value / most, kind)}</td><td class=\"n\">{Show.Exactly(m.Value)}</td></tr>\n");

    private static string Words(Measurement? planned, Measurement? measured, bool exact)
    {
        if (planned is null) return "The plan holds no prediction to compare.";
        if (measured is null) return "Training holds no measurement to compare.";
        double more = measured.Value - planned.Value;
        if (more == 0) return exact ? "Measured is what was predicted, to the byte." : "Measured is what was predicted.";
        string part = planned.Value > 0 ? $" ({Show.Percent(Math.Abs(more) / planned.Value)})" : "";
        string interval = planned.Interval is Interval i
            ? i.Contains(measured.Value) ? " That lies within the plan's interval." : $" That lies outside the plan's interval, {Show.Interval(i, v => Show.Value(v, "bytes"))}."
            : "";
        return $"Training took {MiB(Math.Abs(more))}{part} {(more > 0 ? "more" : "less")} than predicted.{interval}{(exact ? " These two should be equal: the schedule and the session disagree." : "")}";
    }

    private static string MiB(double bytes) => bytes < (1 << 20) / 100.0 ? $"{Show.Count((long)bytes)} bytes" : $"{Show.Number(Math.Round(bytes / (1 << 20), 2))} MiB";

    private static Html Buffers(IReadOnlyList<PlanItem> items)
    {
        (PlanItem Item, int Colour)[] sorted = [.. items.OrderByDescending(i => i.Bytes).Select((item, i) => (item, Math.Min(i, Colours - 1)))];
        double sum = sorted.Sum(i => Math.Max(0, (double)i.Item.Bytes.Value));
        double Share(PlanItem item) => sum > 0 ? Math.Max(0, item.Bytes.Value) / sum : 0;
        return Html.Of($"""
            <h3>What fills the memory at the peak <span class="soft">by the plan</span></h3>
            <div class="stack" role="img" aria-label="Memory by kind">{Html.Join(sorted, i => Html.Of($"<span class=\"k{i.Colour}\" style=\"width:{100 * Share(i.Item)}%\" title=\"{i.Item.Name}: {i.Item.Bytes.ToString()}\"></span>"))}</div>
            {Table.Of(["Kind", "#Size", "#Share"], Html.Join(sorted, i => Html.Of($"<tr><th scope=\"row\"><i class=\"box k{i.Colour}\"></i>{i.Item.Name}</th><td class=\"n\">{i.Item.Bytes.ToString()}</td><td class=\"n\">{Show.Percent(i.Item.Share)}</td></tr>\n")))}
            """);
    }
}
