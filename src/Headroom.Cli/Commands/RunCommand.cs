using System.CommandLine;
using Headroom.Cli.Stages;
using Headroom.Cli.Terminal;
using Headroom.Evidence.Documents;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom run</c>: data, plan, training, evaluation and report, one after another.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        Argument<string> project = Project();
        Option<string?> resume = Resume();
        var command = new Command("run", "Runs a project from its data to a model with evidence: reads, plans, trains, evaluates, reports.\n\nExample:  headroom run samples/apidocs") { project, resume };
        command.SetAction(async (parsed, cancellation) =>
        {
            (RunContext run, Prepared data, TrainStage stage) = Begin(parsed.GetValue(project)!, parsed.GetValue(resume), cancellation);
            TrainingDocument training = await stage.RunAsync(parsed.GetValue(resume) is not null);
            if (training.Outcome.Kind == OutcomeKind.Interrupted) return Closing.Interrupted(run, parsed.GetValue(project)!);
            EvaluationDocument evaluation = new EvaluateStage(run, data).Run();
            Closing.Report(run);
            return Closing.Evaluated(run, training, evaluation);
        });
        return command;
    }

    /// <summary>Opens the run's folder, reads the data, and checks what can be checked before work begins. A new run that comes no further leaves nothing behind.</summary>
    public static (RunContext Run, Prepared Data, TrainStage Stage) Begin(string project, string? resume, CancellationToken cancellation)
    {
        RunContext run = resume is null ? RunContext.Start(project, cancellation) : RunContext.Resume(project, resume, cancellation);
        try
        {
            Prepared data = Prepare(run);
            return (run, data, TrainStage.Begin(run, data));
        }
        catch when (resume is null)
        {
            run.Discard();
            throw;
        }
    }

    public static Prepared Prepare(RunContext run)
    {
        Lines.Stage("Data");
        return new Preparation(run.Settings, run.Project, Lines.Note, run.Cancellation).Run();
    }

    public static Argument<string> Project() => new("project") { Description = "A headroom.yaml, or the folder that holds it." };

    public static Option<string?> Resume() => new("--resume") { Description = "Goes on with a run that was interrupted: its folder under .headroom/runs." };
}
