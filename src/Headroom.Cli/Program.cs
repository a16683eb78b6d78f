using System.CommandLine;
using System.Text.RegularExpressions;
using Headroom.Cli.Commands;
using Headroom.Cli.Terminal;
using Headroom.Evidence;

namespace Headroom.Cli;

internal static partial class Program
{
    private static async Task<int> Main(string[] args)
    {
        var root = new RootCommand("Headroom gets the most training out of an accelerator, and proves what came out.\n\nStart with:  headroom run samples/apidocs")
        {
            RunCommand.Create(),
            TrainCommand.Create(),
            EvaluateCommand.Create(),
            InspectCommand.Create(),
            GenerateCommand.Create(),
            PlanCommand.Create(),
            DevicesCommand.Create(),
            BenchCommand.Create(),
            ProbeCommand.Create(),
            SchemaCommand.Create(),
        };
        ParseResult parsed = root.Parse(args.Length > 0 ? args : ["--help"]);
        if (parsed.Errors.Count > 0)
        {
            Command command = parsed.CommandResult.Command;
            // Of a word that nothing knows, the first is the fault; the rest follows from it.
            if (parsed.UnmatchedTokens is [string word, ..])
            {
                string hint = NearestName.Hint(word, [.. command.Subcommands.Select(c => c.Name), .. command.Options.Select(o => o.Name)]);
                await Console.Error.WriteLineAsync(Lines.Error($"'{command.Name}' knows no '{word}'.{hint}"));
            }
            else
            {
                foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(Lines.Error(Wanted().Replace(error.Message, m => m.Groups["type"].Value is "Double" ? ": a number is needed" : ": a whole number is needed")));
            }
            await Console.Error.WriteLineAsync(command.Parents.Any() ? $"'headroom {Path(command)} --help' shows an example." : "'headroom --help' lists the commands.");
            return ExitCodes.BadInput;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(5) });
        }
        catch (Exception e)
        {
            return Report(e);
        }
    }

    /// <summary>How the parser names the type of a number.</summary>
    [GeneratedRegex(@" as expected type '(System\.Nullable`1\[)?System\.(?<type>Int32|Int64|Double)\]?'")]
    private static partial Regex Wanted();

    private static string Path(Command command) => string.Join(' ', command.Parents.OfType<Command>().Where(p => p is not RootCommand).Select(p => p.Name).Append(command.Name));

    /// <summary>Whether the fault arose as the process wrote to its own output; nothing but the trace tells it from that of a file.</summary>
    private static bool FromConsole(IOException e) => e.StackTrace is string trace && (trace.Contains("System.ConsolePal.", StringComparison.Ordinal) || trace.Contains("ConsoleStream.", StringComparison.Ordinal));

    private static int Report(Exception e)
    {
        // A task wraps what the user can mend.
        switch (e is AggregateException { InnerException: InputException or IOException } wrapped ? wrapped.InnerException : e)
        {
            case OperationCanceledException:
                Console.Error.WriteLine("Interrupted. What was done until then is kept.");
                return ExitCodes.Interrupted;
            case InputException input:
                Console.Error.WriteLine(Lines.Error(input.Message));
                return ExitCodes.BadInput;
            // The disk behind the output is full, say: no fault of ours, and a trace would be no help.
            case IOException full when FromConsole(full):
                Console.Error.WriteLine(Lines.Error($"the output can't be written: {full.Message}"));
                return ExitCodes.BadInput;
            default:
                Console.Error.WriteLine(Lines.Error("This is a fault of Headroom's own. Please report it with what stands below.") + "\n" + e);
                return ExitCodes.OurFault;
        }
    }
}
