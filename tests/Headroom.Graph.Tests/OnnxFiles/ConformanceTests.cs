using Headroom.Evidence;
using Headroom.Graph.Inspection;
using Headroom.Graph.Onnx;

namespace Headroom.Graph.Tests.OnnxFiles;

/// <summary>The ONNX project's own files, from the folder <c>HEADROOM_CONFORMANCE</c>.</summary>
public sealed class ConformanceTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_file_is_read_and_typed_or_refused_with_a_reason()
    {
        string? folder = Environment.GetEnvironmentVariable("HEADROOM_CONFORMANCE");
        if (folder is null || !Directory.Exists(Path.Join(folder, "onnx"))) Assert.Skip("HEADROOM_CONFORMANCE names no folder with the ONNX project's test files");
        int read = 0;
        foreach (string file in Directory.EnumerateFiles(Path.Join(folder, "onnx"), "*.onnx", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string name = Path.GetRelativePath(folder, file);
            try
            {
                Model model = OnnxReader.Read(file);
                read++;
                ModelSummary.Of(model, 2, model.DimensionNames.ToDictionary(n => n, _ => 2L));
            }
            catch (InputException e)
            {
                output.WriteLine($"{name}: {e.Message.Split('\n')[0]} {e.Message.Split('\n').ElementAtOrDefault(1)}");
            }
            catch (Exception e)
            {
                Assert.Fail($"{name}: {e}");
            }
        }
        output.WriteLine($"{read} read");
        Assert.True(read > 0);
    }
}
