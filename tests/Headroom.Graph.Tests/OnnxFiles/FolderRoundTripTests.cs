using Headroom.Evidence;
using Headroom.Graph.Onnx;
using Headroom.Graph.Operators;
using Headroom.Graph.Passes;
using Headroom.Graph.Tests.Fuzzing;

namespace Headroom.Graph.Tests.OnnxFiles;

/// <summary>Read, write, read gives the same graph: for files made here, and for all that a folder holds.</summary>
public sealed class FolderRoundTripTests(ITestOutputHelper output)
{
    [Fact]
    public void Files_made_here_come_back_as_they_were()
    {
        foreach ((string name, byte[] file) in Corpus.Made().Where(f => f.Name != "external")) Again(OnnxReader.Read(file, name), name);
    }

    [Fact]
    [Trait("Category", "Conformance")]
    public void Files_of_others_come_back_as_they_were()
    {
        string? folder = Environment.GetEnvironmentVariable("HEADROOM_CONFORMANCE");
        if (folder is null || !Directory.Exists(Path.Join(folder, "onnx"))) Assert.Skip("HEADROOM_CONFORMANCE names no folder with the ONNX project's test files");
        int same = 0, refused = 0;
        var faults = new List<string>();
        foreach (string file in Directory.EnumerateFiles(Path.Join(folder, "onnx"), "*.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string name = Path.GetRelativePath(folder, file);
            Model model;
            try
            {
                model = OnnxReader.Read(file);
            }
            catch (InputException)
            {
                refused++;
                continue;
            }
            try
            {
                Again(model, name);
                same++;
            }
            catch (GraphException e)
            {
                // Shapes that only a caller can give, and those that fit nowhere: the types must be known to write a file.
                if (ShapeBearing.Inputs(model).Count == 0) output.WriteLine($"{name}: {e.Message.Split('\n')[0]}");
            }
            catch (Xunit.Sdk.XunitException e)
            {
                faults.Add($"{name}: {e.Message}");
            }
        }
        output.WriteLine($"{same} the same, {refused} not read");
        Assert.True(faults.Count == 0, string.Join("\n", faults));
        Assert.True(same > 0);
    }

    /// <summary>The graph that comes back is the same, and the bytes that are written of it too.</summary>
    private static void Again(Model model, string name)
    {
        byte[] once = Write(model);
        Model back = OnnxReader.Read(once, name);
        List<string> differences = GraphComparison.Differences(Live(model), back);
        // A mask that isn't whole is written with a node that makes it so; then it is.
        if (differences.Count > 0 && model.Nodes.Any(n => n.Operator is Attention))
        {
            model = back;
            once = Write(model);
            back = OnnxReader.Read(once, name);
            differences = GraphComparison.Differences(model, back);
        }
        Assert.True(differences.Count == 0, $"{name}: {string.Join('\n', differences)}");
        Assert.Equal(once, Write(back));
    }

    private static byte[] Write(Model model) => OnnxWriter.ToBytes(model, options: new OnnxWriteOptions { Opset = OnnxWriteOptions.NewestOpset });

    /// <summary>What no output needs is not written.</summary>
    private static Model Live(Model model)
    {
        var live = new HashSet<Value>(model.Outputs);
        foreach (Node n in model.Nodes.Reverse()) if (n.Outputs.Any(live.Contains)) live.UnionWith(n.Inputs.Where(v => v.Exists));
        return model with
        {
            Nodes = [.. model.Nodes.Where(n => n.Outputs.Any(live.Contains))],
            States = [.. model.States.Where(s => live.Contains(s.Value))],
            Constants = System.Collections.Immutable.ImmutableDictionary.CreateRange(model.Constants.Where(c => live.Contains(c.Key))),
        };
    }
}
