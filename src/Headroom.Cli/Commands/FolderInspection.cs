using System.Globalization;
using System.Text.Json;
using Headroom.Cli.Terminal;
using Headroom.Evidence;
using Headroom.Evidence.Quantities;
using Headroom.Graph;
using Headroom.Graph.HuggingFace;
using Headroom.Training.HuggingFace;
using Spectre.Console;

namespace Headroom.Cli.Commands;

/// <summary>What <c>headroom inspect</c> shows of a Hugging Face folder, or of a <c>config.json</c> alone.</summary>
internal static class FolderInspection
{
    private static readonly ElementType[] Shown = [ElementType.Float32, ElementType.BFloat16, ElementType.Int8];

    /// <summary>Whether this is such a folder or file, and no ONNX file.</summary>
    public static bool Takes(string path) => Directory.Exists(path) || path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    /// <param name="path">The folder or the file.</param>
    /// <param name="json">Whether to print JSON.</param>
    /// <param name="shapes">Whether to list each weight's shape.</param>
    public static void Print(string path, bool json, bool shapes)
    {
        ModelConfig config = ModelConfig.Read(path);
        ModelSize size = ModelSize.Of(config);
        if (json) Console.Out.WriteLine(JsonSerializer.Serialize(size, EvidenceJson.Options));
        else Print(config, size, shapes);
        if (Directory.Exists(path) && (File.Exists(Path.Join(path, WeightFolder.SingleFile)) || File.Exists(Path.Join(path, WeightFolder.IndexFile)))) Weights(path, size, json);
    }

    private static void Print(ModelConfig c, ModelSize size, bool shapes)
    {
        Lines.Stage(c.Architecture.Length > 0 ? c.Architecture : c.ModelType);
        Note("layers", $"{c.Layers.Length} of width {c.HiddenSize}: {string.Join(", ", c.Layers.GroupBy(k => k).Select(g => $"{g.Count()} {g.Key}"))}");
        Note("parameters", $"{size.Parameters:N0}" + (size.ActiveParameters < size.Parameters ? $", of which a token meets {size.ActiveParameters:N0}" : ""));
        Note("weights", string.Join(", ", Shown.Select(t => $"{size.WeightBytes(t)} in {t.ShortName()}")) + (size.StoredBytes is Bytes file ? $"; {file} in its own file" : ""));
        Cache(c, size.Cache);
        if (c.PredictionLayers > 0) Note("not counted", $"layers that predict further tokens: {c.PredictionLayers}");
        Table table = new Table().Border(TableBorder.Minimal).AddColumn("part").AddColumn(new TableColumn("parameters").RightAligned()).AddColumn(new TableColumn("share").RightAligned()).AddColumn(new TableColumn("met by a token").RightAligned());
        foreach (PartSize p in size.Parts) table.AddRow($"{p.Part}", Text($"{p.Parameters:N0}"), Text($"{(double)p.Parameters / size.Parameters:P1}"), Text($"{p.Active:N0}"));
        AnsiConsole.Write(table);
        if (!shapes) return;
        foreach (WeightCount w in size.Weights) Note($"{w.Part}", $"{w}");
    }

    private static void Cache(ModelConfig c, KvCache cache)
    {
        if (cache.Groups.Length == 0 && cache.StateElements == 0) return;
        Note("KV cache", $"{cache.PerToken(ElementType.BFloat16).Value:N0} bytes a token in bf16: {string.Join("; ", cache.Groups)}");
        if (cache.StateElements > 0) Note("state", $"{new Bytes(cache.StateElements * 2)} a sequence in bf16, however long");
        if (c.MaximumPositions is int most) Note("", $"{cache.At(most, ElementType.BFloat16)} for a sequence of {most:N0} tokens");
    }

    /// <summary>What the files really hold, beside what the config says.</summary>
    private static void Weights(string path, ModelSize size, bool json)
    {
        using WeightFolder folder = WeightFolder.Open(path);
        long elements = folder.Tensors.Values.Sum(t => t.Elements);
        if (json) return;
        Note("files", $"{folder.Files.Count()} with {folder.Tensors.Count:N0} tensors, {elements:N0} elements, {new Bytes(folder.Bytes)}" + (elements == size.Parameters ? ": as the config says" : ""));
    }

    private static void Note(string name, FormattableString text) => Note(name, Text(text));

    private static void Note(string name, string text) => Lines.Note($"{name,-13}{text}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
