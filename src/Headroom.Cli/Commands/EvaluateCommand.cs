using System.CommandLine;
using Headroom.Cli.Stages;
using Headroom.Evidence;
using Headroom.Evidence.Documents;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom evaluate</c>: measures the model of a run.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        Argument<string> project = RunCommand.Project();
        var folder = new Argument<string>("run") { Description = "The run's folder under .headroom/runs." };
        var command = new Command("evaluate", "Measures the model.onnx of a run on the project's test rows, and writes evaluation.json and report.html.\n\nExample:  headroom evaluate samples/fashion .headroom/runs/2026-11-23T0910-fashion") { project, folder };
        command.SetAction((parsed, cancellation) =>
        {
            RunContext run = RunContext.Resume(parsed.GetValue(project)!, parsed.GetValue(folder)!, cancellation);
            if (!File.Exists(run.Folder.Model)) throw new InputException(run.Folder.Path, "it holds no model.onnx", $"Train first: headroom train {parsed.GetValue(project)} --resume {run.Folder.Path}");
            try
            {
                return Task.FromResult(Evaluate(run));
            }
            catch (OperationCanceledException)
            {
                return Task.FromResult(Closing.EvaluationInterrupted(run, parsed.GetValue(project)!));
            }
        });
        return command;
    }

    private static int Evaluate(RunContext run)
    {
        Prepared data = RunCommand.Prepare(run);
        TrainingDocument training = run.Folder.Read<TrainingDocument>();
        run.RequireSameData(training, data.Fingerprint, "training", "Evaluate on the data it was split from, or train again.");
        EvaluationDocument evaluation = new EvaluateStage(run, data).Run();
        Closing.Report(run);
        return Closing.Evaluated(run, training, evaluation);
    }
}
