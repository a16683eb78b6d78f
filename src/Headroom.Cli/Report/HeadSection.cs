using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Gates;

namespace Headroom.Cli.Report;

/// <summary>What the run came to, at a glance: how it ended, its honest score, the gates, and a plain model beside it.</summary>
internal static class HeadSection
{
    public static Html Of(RunEvidence run)
    {
        EvaluationDocument? evaluation = run.Evaluation?.Document;
        Measurement? score = evaluation is null ? null : Score.Find(evaluation);
        return Html.Of($"""
            <header>
            <p class="kicker">Headroom run report</p>
            <h1>{run.Name}</h1>
            <p class="meta">{Outcome(run.Training?.Document)}{Dates(run)}</p>
            <div class="lead">
            <div class="score">
            {(score is null ? NoScore(evaluation) : Large(score, evaluation!.Find(score.Name + "_before_training")))}</div>
            <div class="gates">
            {Gates(evaluation)}</div>
            </div>
            {(score is null ? Html.Empty : Comparison(score, evaluation!.Baseline))}</header>
            """);
    }

    private static Html Outcome(TrainingDocument? training)
    {
        (string text, string kind) = training?.Outcome.Kind switch
        {
            null => ("no training.json", "warn"),
            OutcomeKind.Completed => ("completed", "good"),
            OutcomeKind.StoppedEarly => ("stopped early", "good"),
            OutcomeKind.Interrupted => ("interrupted", "warn"),
            _ => ("failed", "bad"),
        };
        string reason = training?.Outcome.Reason ?? "";
        return Html.Of($"<span class=\"badge {kind}\">{text}</span> ") + (reason.Length > 0 ? Html.Of($"<span>{reason}</span> · ") : Html.Empty);
    }

    private static Html Dates(RunEvidence run) => run.Documents.Select(d => d.Document.Created).DefaultIfEmpty().Max() is var last && last != default
        ? Html.Of($"<span>last document of {Show.Time(last)}</span>")
        : Html.Of($"<span>no documents</span>");

    private static Html Large(Measurement score, Measurement? before) => Html.Of($"""
        <p class="label">{Score.Title(score.Name)}{(score.Rows is long rows ? $" on {Show.Rows(rows)} not seen in training" : "")}</p>
        <p class="large">{Score.Value(score, score.Value)}</p>
        <p class="range">{(score.Interval is null ? "no interval is known" : "95 % interval " + Show.Interval(score.Interval, v => Score.Bare(score, v)))}</p>
        {(before is null ? Html.Empty : Html.Of($"<p class=\"range\">before training {Score.Value(before, before.Value)}, as the network was imported</p>\n"))}{(score.Method.Length > 0 ? Html.Of($"<p class=\"method\">{score.Method}</p>\n") : Html.Empty)}
        """);

    private static Html NoScore(EvaluationDocument? evaluation) => evaluation is null
        ? Section.Lacks("evaluation.json", "evaluate", "nothing is known of how good the model is")
        : Section.Note("evaluation.json holds no score of those that this report puts first; all that it holds stands under Measurements.");

    private static Html Gates(EvaluationDocument? evaluation)
    {
        if (evaluation is null) return Section.Note("No gates: nothing was evaluated.");
        if (evaluation.Gates.Count == 0) return Section.Note("No gates are set in headroom.yaml.");
        int passed = evaluation.Gates.Count(g => g.Outcome == GateOutcome.Pass), all = evaluation.Gates.Count;
        return Html.Of($"""
            <p class="label">{(passed == all ? all == 1 ? "The gate passes" : $"All {all} gates pass" : $"{passed} of {all} gates pass")}</p>
            <ul>
            {Html.Join(evaluation.Gates, Gate)}</ul>

            """);
    }

    private static Html Gate(GateResult gate)
    {
        (string sign, string kind, string word) = gate.Outcome switch
        {
            GateOutcome.Pass => ("✓", "good", "passes"),
            GateOutcome.Fail => ("✗", "bad", "fails"),
            _ => ("?", "warn", "not measured"),
        };
        string value = gate.Value is null ? word : $"{word} with {Show.Number(gate.Value)}";
        return Html.Of($"<li title=\"{gate.Text}\"><span class=\"sign {kind}\">{sign}</span><span><code>{gate.Rule}</code> <span class=\"soft\">{value}</span></span></li>\n");
    }

    private static Html Comparison(Measurement ours, Baseline? baseline)
    {
        if (baseline is null) return Section.Note("No plain model stands beside it on the same rows, so there is nothing to hold this against.");
        if (Score.Counterpart(ours, baseline) is not Measurement theirs) return Section.Note($"The {baseline.Kind} ({baseline.Name}) has no {Score.Title(ours.Name).ToLowerInvariant()} to compare.");
        return Html.Of($"""
            <div class="versus">
            {Whiskers.Of(ours, theirs, baseline.Kind)}<p><strong>{Score.Verdict(ours, theirs, baseline.Kind)}</strong> <span class="soft">The {baseline.Kind} is {baseline.Name}{Seconds(baseline)}, measured on the same rows.</span></p>
            </div>
            """);
    }

    private static string Seconds(Baseline baseline) => baseline.Measurements.FirstOrDefault(m => m.Name == "baseline_seconds") is Measurement m
        ? $", trained in {Show.Value(m.Value, m.Unit)}" : "";
}
