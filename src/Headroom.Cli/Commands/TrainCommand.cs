using System.CommandLine;
using Headroom.Cli.Stages;
using Headroom.Evidence.Documents;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom train</c>: data, plan and training alone.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        Argument<string> project = RunCommand.Project();
        Option<string?> resume = RunCommand.Resume();
        var command = new Command("train", "Plans and trains a project and writes model.onnx, without evaluating it.\n\nExample:  headroom train samples/fashion") { project, resume };
        command.SetAction(async (parsed, cancellation) =>
        {
            (RunContext run, _, TrainStage stage) = RunCommand.Begin(parsed.GetValue(project)!, parsed.GetValue(resume), cancellation);
            TrainingDocument training = await stage.RunAsync(parsed.GetValue(resume) is not null);
            return training.Outcome.Kind == OutcomeKind.Interrupted ? Closing.Interrupted(run, parsed.GetValue(project)!) : Closing.Trained(run, parsed.GetValue(project)!);
        });
        return command;
    }
}
