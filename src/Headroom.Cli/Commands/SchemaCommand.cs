using System.CommandLine;
using Headroom.Cli.Configuration;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom schema</c>: the JSON schema of headroom.yaml, for editors.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        var command = new Command("schema", "Prints the JSON schema of headroom.yaml, which editors check and complete by.\n\nExample:  headroom schema > headroom.schema.json");
        command.SetAction(_ =>
        {
            Console.Out.WriteLine(SettingsSchema.Text());
            return ExitCodes.Done;
        });
        return command;
    }
}
