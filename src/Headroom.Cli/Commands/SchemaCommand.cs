using System.CommandLine;

namespace Headroom.Cli.Commands;

internal static class SchemaCommand
{
    public static Command Create() => new("schema");
}
