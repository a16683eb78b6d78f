using System.CommandLine;
using Headroom.Cli.Stages;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom train</c>: data, plan and training alone.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        Argument<string> project = RunCommand.Project();
        Option<string?> resume = RunCommand.Resume();
        Option<bool> profile = RunCommand.Profile();
        var command = new Command("train", "Plans and trains a project and writes model.onnx, without evaluating it.\n\nExample:  headroom train samples/fashion\nExample:  headroom train samples/fashion --profile") { project, resume, profile };
        command.SetAction((parsed, cancellation) =>
            RunCommand.TrainAsync(parsed.GetValue(project)!, parsed.GetValue(resume), parsed.GetValue(profile), (run, _, _) => Closing.Trained(run, parsed.GetValue(project)!), cancellation));
        return command;
    }
}
