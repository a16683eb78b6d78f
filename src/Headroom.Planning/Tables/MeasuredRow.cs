using System.Text.Json;

namespace Headroom.Planning.Tables;

/// <summary>One published measurement: what was run, on what, how, and what came out.</summary>
public sealed class MeasuredRow
{
    /// <summary>Reads a row.</summary>
    /// <param name="file">The table's name without <c>.json</c>.</param>
    /// <param name="kind">What the file says that it measures.</param>
    /// <param name="number">Of the row, from 1.</param>
    /// <param name="json">The row.</param>
    /// <param name="source">Where the file says that it is from.</param>
    public MeasuredRow(string file, string kind, int number, JsonElement json, string source = "")
    {
        (File, Kind, Number, Json, Source) = (file, kind, number, json, source);
        Whole = new RowFields(json);
        Model = Whole.Section("model");
        Hardware = Whole.Section("hardware");
        Config = Whole.Section("config");
        Measured = Whole.Section("measured");
        Table = Whole.Text("table") ?? "";
    }

    /// <summary>The table's name without <c>.json</c>.</summary>
    public string File { get; }

    /// <summary>What the file says that it measures: <c>llm-train</c>.</summary>
    public string Kind { get; }

    /// <summary>Of the row, from 1.</summary>
    public int Number { get; }

    /// <summary>The row as it stands in the file.</summary>
    public JsonElement Json { get; }

    /// <summary>Where the file says that it is from: <c>github:pytorch/torchtune/README.md</c>; empty where it doesn't.</summary>
    public string Source { get; }

    /// <summary>Which of a source's tables the row is from; empty where it isn't said.</summary>
    public string Table { get; }

    /// <summary>The row's own fields.</summary>
    public RowFields Whole { get; }

    /// <summary>What was run.</summary>
    public RowFields Model { get; }

    /// <summary>What it ran on.</summary>
    public RowFields Hardware { get; }

    /// <summary>How it was run.</summary>
    public RowFields Config { get; }

    /// <summary>What came out.</summary>
    public RowFields Measured { get; }

    /// <summary>A line that tells the row from others: model, device, count, the settings that are numbers or short.</summary>
    public string Label
    {
        get
        {
            string device = Hardware.Text("accelerator", "gpu", "device") ?? "?", model = Model.Text("name", "size_label", "size") ?? Whole.Text("name") ?? "?";
            string settings = string.Join(' ', Config.All.Where(c => c.Text.Length is > 0 and <= 12).Take(12).Select(c => $"{c.Name}={c.Text}"));
            return $"row {Number}: {model}, {Hardware.Text("count") ?? "?"} x {device} {settings}".TrimEnd();
        }
    }
}
