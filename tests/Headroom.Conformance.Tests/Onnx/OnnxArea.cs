using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Runtime.LibTorch;

namespace Headroom.Conformance.Tests.Onnx;

internal sealed class OnnxAreas : AreaSource
{
    protected override IEnumerable<IArea> Find(string folder) => Directory.Exists(Path.Combine(folder, "onnx")) ? [new OnnxArea(Path.Combine(folder, "onnx"))] : [];
}

/// <summary>The ONNX project's backend tests: <c>node/*</c> and <c>simple/*</c> hold a model, inputs and outputs each; <c>light/*.onnx</c> are whole networks, fed with a ramp.</summary>
internal sealed class OnnxArea(string folder) : IArea
{
    public string Name => "onnx";

    public IEnumerable<Outcome> Run(Func<string, bool> wanted)
    {
        Library.Load(threads: 1);
        foreach (OnnxFolderCase c in OnnxFolderCase.All(folder)) if (wanted(c.Name)) yield return Judge(c.Name, c.File, c.Sets);
    }

    private static Outcome Judge(string name, string file, Func<IEnumerable<(string[]? Inputs, string[] Outputs)>> sets)
    {
        if (Scope.Outside(ModelScan.Of(File.ReadAllBytes(file))) is string outside) return new Outcome(name, Fate.Skipped, outside);
        try
        {
            foreach ((string[]? inputs, string[] outputs) in sets()) OnnxCase.Run(file, inputs, outputs);
            return new Outcome(name, Fate.Passed);
        }
        catch (Exception e) when (e is InputException or GraphException or LibTorchException or Mismatch)
        {
            return new Outcome(name, Fate.Failed, e.Message.ReplaceLineEndings(" "));
        }
        catch (Exception e)
        {
            return new Outcome(name, Fate.Failed, $"a fault of ours: {e.ToString().ReplaceLineEndings(" ")}");
        }
    }
}

/// <summary>A case as it lies in the folder.</summary>
/// <param name="Name">Its folder's or its file's name.</param>
/// <param name="File">The model.</param>
/// <param name="Sets">Files with inputs (null for a ramp) and outputs, of each of its data sets.</param>
internal sealed record OnnxFolderCase(string Name, string File, Func<IEnumerable<(string[]? Inputs, string[] Outputs)>> Sets)
{
    public static IEnumerable<OnnxFolderCase> All(string folder)
    {
        foreach (string kind in (string[])["node", "simple"])
        {
            string group = Path.Combine(folder, kind);
            if (!Directory.Exists(group)) continue;
            foreach (string path in Directory.EnumerateDirectories(group).Order(StringComparer.Ordinal))
                yield return new OnnxFolderCase(Path.GetFileName(path), Path.Combine(path, "model.onnx"), () => DataSets(path));
        }
        string light = Path.Combine(folder, "light");
        if (!Directory.Exists(light)) yield break;
        foreach (string file in Directory.EnumerateFiles(light, "*.onnx").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(file);
            yield return new OnnxFolderCase(name, file, () => [(null, Numbered(light, $"{name}_output_"))]);
        }
    }

    private static IEnumerable<(string[]? Inputs, string[] Outputs)> DataSets(string path) =>
        Directory.EnumerateDirectories(path, "test_data_set_*").Order(StringComparer.Ordinal).Select(d => ((string[]?)Numbered(d, "input_"), Numbered(d, "output_")));

    private static string[] Numbered(string folder, string prefix) =>
        [.. Enumerable.Range(0, int.MaxValue).Select(i => Path.Combine(folder, $"{prefix}{i}.pb")).TakeWhile(System.IO.File.Exists)];
}
