using System.CommandLine;
using Headroom.Cli.Commands;
using Headroom.Cli.Terminal;
using Headroom.Evidence;

namespace Headroom.Cli;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var root = new RootCommand("Headroom gets the most training out of an accelerator, and proves what came out.\n\nStart with:  headroom run samples/apidocs")
        {
            RunCommand.Create(),
            TrainCommand.Create(),
            EvaluateCommand.Create(),
            InspectCommand.Create(),
            DevicesCommand.Create(),
            BenchCommand.Create(),
            ProbeCommand.Create(),
            SchemaCommand.Create(),
        };
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync("'headroom --help' lists the commands; 'headroom COMMAND --help' shows an example.");
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

    private static int Report(Exception e)
    {
        switch (e)
        {
            case OperationCanceledException:
                Console.Error.WriteLine("Interrupted. What was done until then is kept.");
                return ExitCodes.Interrupted;
            case InputException:
                Console.Error.WriteLine(Lines.Error(e.Message));
                return ExitCodes.BadInput;
            case AggregateException { InnerException: InputException inner }:
                Console.Error.WriteLine(Lines.Error(inner.Message));
                return ExitCodes.BadInput;
            default:
                Console.Error.WriteLine(Lines.Error("This is a fault of Headroom's own. Please report it with what stands below.") + "\n" + e);
                return ExitCodes.OurFault;
        }
    }
}
