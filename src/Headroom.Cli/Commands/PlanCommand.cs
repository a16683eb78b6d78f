using System.CommandLine;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom plan</c>: what to run a model on, and whether the planner's answers are right.</summary>
internal static class PlanCommand
{
    public static Command Create() => new("plan", "Plans training and deployment, and holds the planner to published measurements.")
    {
        PlanCheckCommand.Create(),
    };
}
