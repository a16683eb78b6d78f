using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Headroom.Cli.Terminal;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Inspection;
using Headroom.Graph.Onnx;
using Headroom.Graph.Passes;
using Headroom.Runtime.Execution;
using Spectre.Console;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom inspect</c>: what a model is made of, and what it takes.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("model") { Description = "An ONNX file, a folder in Hugging Face's layout, or its config.json." };
        var batch = new Option<long?>("--batch") { Description = "Rows; by default those that the model is fixed at, or 1." };
        var dimension = new Option<string[]>("--dimension") { Description = "The value of another named dimension, such as length=128.", AllowMultipleArgumentsPerToken = true };
        var value = new Option<string[]>("--value") { Description = "The value of an input that decides shapes, such as shape=2,3.", AllowMultipleArgumentsPerToken = true };
        var json = new Option<bool>("--json") { Description = "Prints JSON." };
        var nodes = new Option<bool>("--nodes") { Description = "Lists every node, or of a folder every weight, with its shapes." };
        var command = new Command("inspect", "Shows a model's operators, shapes, parameters, FLOPs, bytes, and the peak memory of inference and training.\n\nOf a folder or a config.json: parameters, bytes of the weights, and of the cache a token.\n\nExample:  headroom inspect model.onnx --batch 32") { file, batch, dimension, value, json, nodes };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(file)!;
            if (FolderInspection.Takes(path))
            {
                if (parsed.GetValue(batch) is not null || parsed.GetValue(dimension) is { Length: > 0 } || parsed.GetValue(value) is { Length: > 0 }) throw new InputException(path, "it has no inputs to give batch, dimensions or values to", "Leave them out.");
                FolderInspection.Print(path, parsed.GetValue(json), parsed.GetValue(nodes));
                return ExitCodes.Done;
            }
            if (parsed.GetValue(batch) is long few && few < 1) throw new InputException("--batch", $"{few} is no number of rows", "Give 1 or more.");
            Model given = Given(OnnxReader.Read(path), parsed.GetValue(value) ?? []);
            Dictionary<string, long> dimensions = Dimensions(given, parsed.GetValue(dimension) ?? []);
            (Model model, long rows) = Batched(path, given, parsed.GetValue(batch), dimensions);
            ModelSummary summary = ModelSummary.Of(model, rows, dimensions, Session.Plan);
            if (parsed.GetValue(json)) Console.Out.WriteLine(JsonSerializer.Serialize(summary, EvidenceJson.Options));
            else Print(summary, parsed.GetValue(nodes));
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>The model with values for the inputs that decide shapes; it has no shapes without.</summary>
    private static Model Given(Model model, string[] given)
    {
        var values = new Dictionary<Value, TensorData>();
        foreach (string v in given)
        {
            string[] parts = v.Split('=', 2);
            GraphInput input = model.Inputs.FirstOrDefault(i => i.Value.Name == parts[0]) ?? throw new InputException("--value", $"the model has no input '{parts[0]}'", $"Its inputs are {string.Join(", ", model.Inputs)}.");
            if (values.ContainsKey(input.Value)) throw new InputException("--value", $"the input '{input.Value}' is given twice", "Give it once.");
            string[] numbers = parts.Length < 2 ? [] : parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (parts.Length < 2 || !numbers.All(IsNumber) || input.Dimensions.Length > 1) throw new InputException("--value", $"'{v}' is no name=numbers for {input}", $"Write it as {Example(input)}; inputs of up to one axis can be given.");
            TensorType type = new(input.Element, input.Dimensions.Length == 0 ? Shape.Scalar : new Shape(numbers.Length));
            if (type.Elements != numbers.Length) throw new InputException("--value", $"{input} takes one number, '{v}' gives {numbers.Length}", "Give one.");
            var bytes = new byte[type.Bytes];
            for (int i = 0; i < numbers.Length; i++)
                if (!Stored(type.Element, numbers[i], bytes.AsSpan(i * type.Element.Size()))) throw new InputException("--value", $"{type.Element.ShortName()} doesn't hold {numbers[i]}, which '{v}' gives to {input}", "Give a number of that type.");
            values[input.Value] = new TensorData(type, bytes);
        }
        GraphInput[] missing = [.. ShapeBearing.Inputs(model).Where(i => !values.ContainsKey(i.Value))];
        if (missing is [GraphInput one]) throw new InputException("inspect", $"the input '{one}' decides shapes, and has no value", $"Give one, such as --value {Example(one)}.");
        if (missing.Length > 1) throw new InputException("inspect", $"the inputs {string.Join(", ", missing.Select(i => $"'{i}'"))} decide shapes, and have no values", $"Give them, such as --value {string.Join(" --value ", missing.Select(Example))}.");
        return ShapeBearing.Give(model, values);
    }

    private static string Example(GraphInput input) => $"{input.Value}={(input.Dimensions.Length == 0 ? "2" : "2,3")}";

    private static bool IsNumber(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out double number) && !double.IsNaN(number);

    /// <summary>Writes a number as an element, if the element's type holds it: a larger one would become another number.</summary>
    private static bool Stored(ElementType element, string text, Span<byte> bytes)
    {
        if (element.IsFloat())
        {
            double number = double.Parse(text, CultureInfo.InvariantCulture);
            double most = element switch { ElementType.Float64 => double.MaxValue, ElementType.Float16 => 65504, _ => float.MaxValue };
            if (Math.Abs(number) > most) return false;
            Numbers.Write(element, number, bytes);
            return true;
        }
        if (!long.TryParse(text, CultureInfo.InvariantCulture, out long whole)) return false;
        Numbers.WriteInteger(element, whole, bytes);
        return Numbers.ReadInteger(element, bytes) == whole;
    }

    /// <summary>The model at the batch that its figures are of: the one asked for, be it as a batch or as a dimension, or the one that it is fixed at.</summary>
    private static (Model Model, long Batch) Batched(string file, Model model, long? asked, Dictionary<string, long> dimensions)
    {
        Dimension[] leading = [.. model.Inputs.Where(i => i.Dimensions.Length > 0).Select(i => i.Dimensions[0])];
        string[] names = [.. leading.Where(d => d.Name is not null).Select(d => d.Name!)];
        if (names.Length > 0)
        {
            // Where inputs begin with different names, the one called batch is it.
            string name = names.Contains("batch") ? "batch" : names[0];
            if (!dimensions.TryGetValue(name, out long given)) return (model, asked ?? 1);
            if (asked is long other && other != given) throw new InputException("--dimension", $"'{name}' is the batch: {name}={given} and --batch {other} contradict each other", "Give one of them.");
            return (model, given);
        }
        if (asked is not long batch) return (model, leading is [Dimension first, ..] ? first.Extent : 1);
        if (leading.Length > 0 && leading.All(d => d.Extent == batch)) return (model, batch);
        try
        {
            return (AnyBatch.Run(model), batch);
        }
        catch (GraphException e)
        {
            throw new InputException(file, (leading is [Dimension first, ..] ? $"its batch is fixed at {first}: " : "it has no batch: ") + e.Message, "Leave --batch out.");
        }
    }

    private static Dictionary<string, long> Dimensions(Model model, string[] given)
    {
        var values = new Dictionary<string, long>();
        foreach (string d in given)
        {
            string[] parts = d.Split('=');
            if (parts.Length != 2 || !long.TryParse(parts[1], out long value) || value < 1) throw new InputException("--dimension", $"'{d}' is no name=value", "Write it as length=128.");
            if (!model.DimensionNames.Contains(parts[0])) throw new InputException("--dimension", $"the model has no dimension '{parts[0]}'", $"It has {(model.DimensionNames.Any() ? string.Join(", ", model.DimensionNames) : "none that is named")}.");
            values[parts[0]] = value;
        }
        return values;
    }

    private static void Print(ModelSummary s, bool nodes)
    {
        Lines.Stage(s.Name);
        foreach (TensorSummary t in s.Inputs) Lines.Note($"{"input",-12}{t.Name}: {t.Type}");
        foreach (TensorSummary t in s.Outputs) Lines.Note($"{"output",-12}{t.Name}: {t.Type}");
        Lines.Note($"{"parameters",-12}{s.ParameterCount:N0} ({s.TrainableCount:N0} trainable), {s.ParameterBytes}");
        Lines.Stage($"At a batch of {s.Batch}");
        Lines.Note($"{"inference",-12}{s.ForwardFlops}, {s.ForwardTraffic} moved, peak {s.InferencePeak}");
        Lines.Note(s.Training is TrainingSummary t2 ? $"{"training",-12}{t2.Flops}, {t2.Traffic} moved, peak {t2.Peak} ({t2.Loss}, AdamW, fp32)" : $"{"training",-12}not possible: {s.TrainingObstacle}");
        Table table = new Table().Border(TableBorder.Minimal).AddColumn("operator").AddColumn(new TableColumn("nodes").RightAligned()).AddColumn(new TableColumn("FLOPs").RightAligned())
            .AddColumn(new TableColumn("share").RightAligned()).AddColumn(new TableColumn("read").RightAligned()).AddColumn(new TableColumn("written").RightAligned());
        foreach (OperatorSummary o in s.Operators) table.AddRow(Markup.Escape(o.Operator), $"{o.Count}", $"{o.Flops}", $"{o.Share:P1}", $"{o.Read}", $"{o.Written}");
        AnsiConsole.Write(table);
        if (!nodes) return;
        foreach (NodeSummary n in s.Nodes) Lines.Note($"{n.Operator,-24}{n.Name}: {string.Join(", ", n.Outputs)}  {n.Flops}");
    }
}
