using System.CommandLine;
using Headroom.Cli.Profiling;
using Headroom.Cli.Stages;
using Headroom.Cli.Terminal;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Runtime.Execution;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom run</c>: data, plan, training, evaluation and report, one after another.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        Argument<string> project = Project();
        Option<string?> resume = Resume();
        Option<bool> profile = Profile();
        var command = new Command("run", "Runs a project from its data to a model with evidence: reads, plans, trains, evaluates, reports.\n\nExample:  headroom run samples/apidocs") { project, resume, profile };
        command.SetAction((parsed, cancellation) => TrainAsync(parsed.GetValue(project)!, parsed.GetValue(resume), parsed.GetValue(profile), Evaluate, cancellation));
        return command;
    }

    /// <summary>Opens the run's folder, reads the data, checks what can be checked before work begins, and trains. A new run that comes to no plan leaves nothing behind.</summary>
    /// <param name="project">As it was typed.</param>
    /// <param name="resume">The folder of a run to go on with; null for a new one.</param>
    /// <param name="profile">Whether to say what binds the step, and to write trace.json.</param>
    /// <param name="then">What follows upon the training, if that came to its end; gives the exit code.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    public static async Task<int> TrainAsync(string project, string? resume, bool profile, Func<RunContext, Prepared, TrainingDocument, int> then, CancellationToken cancellation)
    {
        RunContext run = (resume is null ? RunContext.Start(project, cancellation) : RunContext.Resume(project, resume, cancellation)) with { Timeline = profile ? new Timeline() : null };
        try
        {
            (Prepared data, TrainStage stage) = Begin(run, resume is not null);
            TrainingDocument training = await stage.RunAsync(resume is not null);
            if (run.Timeline is Timeline timeline) ProfileReport.Write(timeline, run.Trace);
            return training.Outcome.Kind == OutcomeKind.Interrupted ? Closing.Interrupted(run, project) : then(run, data, training);
        }
        catch (InputException) when (resume is null && !run.Folder.Has<PlanDocument>())
        {
            run.Discard();
            throw;
        }
        catch (OperationCanceledException) when (run.Folder.Has<PlanDocument>())
        {
            return Closing.Interrupted(run, project);
        }
    }

    private static (Prepared Data, TrainStage Stage) Begin(RunContext run, bool resume)
    {
        try
        {
            Prepared data = Prepare(run);
            return (data, TrainStage.Begin(run, data));
        }
        catch when (!resume)
        {
            run.Discard();
            throw;
        }
    }

    private static int Evaluate(RunContext run, Prepared data, TrainingDocument training)
    {
        EvaluationDocument evaluation = new EvaluateStage(run, data).Run();
        Closing.Report(run);
        return Closing.Evaluated(run, training, evaluation);
    }

    public static Prepared Prepare(RunContext run)
    {
        Lines.Stage("Data");
        return new Preparation(run.Settings, run.Project, Lines.Note, run.Cancellation).Run();
    }

    public static Argument<string> Project() => new("project") { Description = "A headroom.yaml, or the folder that holds it." };

    public static Option<string?> Resume() => new("--resume") { Description = "Goes on with a run that was interrupted: its folder under .headroom/runs." };

    public static Option<bool> Profile() => new("--profile") { Description = "Watches a few steps node by node: says what binds them and what to do next, and writes trace.json into the run's folder." };
}
