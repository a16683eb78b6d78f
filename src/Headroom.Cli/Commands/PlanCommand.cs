using System.CommandLine;
using Headroom.Cli.Planning;
using Headroom.Cli.Terminal;
using Headroom.Planning.Search;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom plan</c>: what to train or serve a model on, how, how long, for how much; and whether the planner's answers are right.</summary>
internal static class PlanCommand
{
    public static Command Create()
    {
        var options = new PlanOptions();
        var command = new Command("plan", "Plans what to train or serve a model on: how many accelerators, which layout, how long, how much money and energy.\n\nExample:  headroom plan llama-3.1-8b --task finetune --on h100,a100 --goal money\nExample:  headroom plan ./my-model/config.json --data 300B --gpus ..512 --budget '50000 EUR, 30 days'\nExample:  headroom plan llama-3.1-70b --task infer --on h100,mi300x --latency 50\nExample:  headroom plan check measurements.json")
        {
            options.Model,
        };
        foreach (Option option in options.All) command.Add(option);
        command.Add(PlanCheckCommand.Create());
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(options, parsed, cancellation)));
        return command;
    }

    private static int Run(PlanOptions options, ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(options.Model)!.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)) return NetworkView.Run(options, parsed);
        if (parsed.GetValue(options.Task) == "infer") return Serve(options, parsed);
        PlannedRequest planned = RequestReader.Read(options, parsed);
        var search = new TrainingSearch(planned.Request);
        SearchResult result = search.Run(cancellation);
        if (parsed.GetValue(options.Json))
        {
            Console.Out.WriteLine(PlanJson.Of(planned, search, result));
        }
        else
        {
            new PlanView(planned, search, result).Print();
            if (result.Best is not null && parsed.GetValue(options.Explain)) PlanArithmetic.Print(result.Best);
        }
        if (result.Best is null) return ExitCodes.BadInput;
        if (parsed.GetValue(options.Html) is string page)
        {
            PlanPage.Write(page, planned, search, result);
            if (!parsed.GetValue(options.Json)) Lines.Note($"page      {page}");
        }
        if (parsed.GetValue(options.Export) is string folder)
        {
            if (!parsed.GetValue(options.Json)) Lines.Stage("Settings");
            PlanExports.Write(result.Best, planned.Model.Name, folder);
        }
        return ExitCodes.Done;
    }

    private static int Serve(PlanOptions options, ParseResult parsed)
    {
        PlannedServing planned = ServingReader.Read(options, parsed);
        ServingResult result = new ServingSearch(planned.Request).Run();
        var view = new ServingView(planned, result);
        if (parsed.GetValue(options.Json)) Console.Out.WriteLine(view.Json());
        else view.Print();
        if (result.Plans.Count == 0) return ExitCodes.BadInput;
        if (parsed.GetValue(options.Export) is string folder) view.Export(folder);
        return ExitCodes.Done;
    }
}
