using System.Globalization;
using Headroom.Cli.Report;
using Headroom.Cli.Terminal;
using Headroom.Evaluation.Drawing;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Gates;

namespace Headroom.Cli.Stages;

/// <summary>What a run says at its end: the result, where everything lies, and what to type next.</summary>
internal static class Closing
{
    public static void Report(RunContext run) => ReportWriter.Write(run.Folder, Snippet.For(run));

    /// <returns>1 when a gate failed or had nothing to measure, else 0.</returns>
    public static int Evaluated(RunContext run, TrainingDocument training, EvaluationDocument evaluation)
    {
        Lines.Stage("Result");
        foreach (string name in new[] { "accuracy", "accuracy_before_training", "macro_f1", "ece", "log_loss", "loss_per_token", "perplexity", "token_accuracy", "normalized_deviation", "mae", "rmse", "mase", "sample_accuracy", "copy_share", "diversity", PictureParity.Name, "parity_max_abs_logit_difference" })
            if (evaluation.Find(name) is Measurement m) Lines.Note(Show(m));
        if (evaluation.Baseline is Baseline baseline && baseline.Measurements.FirstOrDefault(m => m.Name is "baseline_accuracy" or "baseline_normalized_deviation") is Measurement theirs)
            Lines.Note($"{Show(theirs)}  by {baseline.Name}, beside ours");
        foreach (GateResult gate in evaluation.Gates) Lines.Note($"gate {gate.Text}");
        Lines.Stage("Where it is");
        foreach ((string what, string path) in new[] { ("report", run.Folder.Report), ("model", run.Folder.Model), ("evidence", run.Folder.Evaluation), ("all of it", run.Folder.Path) })
            Lines.Note($"{what,-10}{Relative(path)}");
        Lines.Stage("What next");
        Lines.Note($"open {Relative(run.Folder.Report)}");
        Lines.Note($"headroom inspect {Relative(run.Folder.Model)}");
        bool passed = evaluation.Gates.All(g => g.Outcome == GateOutcome.Pass);
        if (!passed) Lines.Note("a gate did not pass: exit code 1");
        return passed ? ExitCodes.Done : ExitCodes.GateFailed;
    }

    public static int Trained(RunContext run, string project)
    {
        Lines.Stage("What next");
        Lines.Note($"headroom evaluate {project} {Relative(run.Folder.Path)}");
        return ExitCodes.Done;
    }

    public static int Interrupted(RunContext run, string project)
    {
        Lines.Stage("Interrupted");
        Lines.Note("What was done until now is kept. Go on with:");
        Lines.Note($"headroom run {project} --resume {Relative(run.Folder.Path)}");
        return ExitCodes.Interrupted;
    }

    /// <summary>An evaluation is written whole or not at all.</summary>
    public static int EvaluationInterrupted(RunContext run, string project)
    {
        Lines.Stage("Interrupted");
        Lines.Note($"The model is as it was; {(run.Folder.Has<EvaluationDocument>() ? "evaluation.json and report.html are those of an evaluation before" : "nothing of this evaluation was written")}. Evaluate again with:");
        Lines.Note($"headroom evaluate {project} {Relative(run.Folder.Path)}");
        return ExitCodes.Interrupted;
    }

    private static string Relative(string path) => Path.GetRelativePath(Environment.CurrentDirectory, path);

    private static string Show(Measurement m)
    {
        CultureInfo c = CultureInfo.InvariantCulture;
        string interval = m.Interval is Interval i ? string.Create(c, $" ({i.Low:G4} to {i.High:G4})") : "";
        return string.Create(c, $"{m.Name} {m.Value:G4}{interval}{(m.Unit is "fraction" ? "" : " " + m.Unit)}");
    }
}
