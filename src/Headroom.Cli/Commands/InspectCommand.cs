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
        var file = new Argument<string>("model") { Description = "An ONNX file." };
        var batch = new Option<long>("--batch") { Description = "Rows.", DefaultValueFactory = _ => 1 };
        var dimension = new Option<string[]>("--dimension") { Description = "The value of another named dimension, such as length=128.", AllowMultipleArgumentsPerToken = true };
        var value = new Option<string[]>("--value") { Description = "The value of an input that decides shapes, such as shape=2,3.", AllowMultipleArgumentsPerToken = true };
        var json = new Option<bool>("--json") { Description = "Prints JSON." };
        var nodes = new Option<bool>("--nodes") { Description = "Lists every node with its shapes." };
        var command = new Command("inspect", "Shows a model's operators, shapes, parameters, FLOPs, bytes, and the peak memory of inference and training.\n\nExample:  headroom inspect model.onnx --batch 32") { file, batch, dimension, value, json, nodes };
        command.SetAction(parsed =>
        {
            Model model = Given(OnnxReader.Read(parsed.GetValue(file)!), parsed.GetValue(value) ?? []);
            ModelSummary summary = ModelSummary.Of(model, parsed.GetValue(batch), Dimensions(parsed.GetValue(dimension) ?? []), Session.Plan);
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
            double[] numbers = parts.Length < 2 ? [] : [.. parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(n => double.TryParse(n, CultureInfo.InvariantCulture, out double d) ? d : double.NaN)];
            if (parts.Length < 2 || numbers.Any(double.IsNaN) || input.Dimensions.Length > 1) throw new InputException("--value", $"'{v}' is no name=numbers for {input}", "Write it as shape=2,3; inputs of up to one axis can be given.");
            TensorType type = new(input.Element, input.Dimensions.Length == 0 ? Shape.Scalar : new Shape(numbers.Length));
            if (type.Elements != numbers.Length) throw new InputException("--value", $"{input} takes one number, '{v}' gives {numbers.Length}", "Give one.");
            var bytes = new byte[type.Bytes];
            for (int i = 0; i < numbers.Length; i++) Numbers.Write(type.Element, numbers[i], bytes.AsSpan(i * type.Element.Size()));
            values[input.Value] = new TensorData(type, bytes);
        }
        GraphInput? missing = ShapeBearing.Inputs(model).FirstOrDefault(i => !values.ContainsKey(i.Value));
        if (missing is not null) throw new InputException("inspect", $"the input '{missing}' decides shapes, and has no value", $"Give one, such as --value {missing.Value}=2,3.");
        return ShapeBearing.Give(model, values);
    }

    private static Dictionary<string, long> Dimensions(string[] given)
    {
        var values = new Dictionary<string, long>();
        foreach (string d in given)
        {
            string[] parts = d.Split('=');
            if (parts.Length != 2 || !long.TryParse(parts[1], out long value) || value < 1) throw new InputException("--dimension", $"'{d}' is no name=value", "Write it as length=128.");
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
