using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Onnx;
using Headroom.Inference;

namespace Headroom.Conformance.Tests.Onnx;

/// <summary>A file that is read and written back gives ONNX Runtime's result of before.</summary>
public sealed class WrittenBackTests(ITestOutputHelper log)
{
    private const double Tolerance = 1e-5;

    private static readonly OnnxSessionOptions Plain = new() { Threads = 1 };

    [Fact]
    public void Onnx_runtime_gives_the_same_before_and_after()
    {
        string folder = Path.Combine(Report.Folder ?? "", "onnx");
        if (Report.Folder is null || !Directory.Exists(folder)) Assert.Skip("HEADROOM_CONFORMANCE names no folder with ONNX files.");
        int same = 0, beyond = 0;
        List<string> faults = [];
        foreach (OnnxFolderCase c in (IEnumerable<OnnxFolderCase>)[.. OnnxFolderCase.All(folder), .. Networks()])
        {
            byte[] file = File.ReadAllBytes(c.File);
            if (Scope.Outside(ModelScan.Of(file)) is not null || KnownFailures.All.ContainsKey(c.Name)) continue;
            IReadOnlyDictionary<string, TensorData> before;
            Dictionary<string, TensorData> feeds;
            Model model = OnnxReader.Read(c.File);
            try
            {
                feeds = OnnxCase.Feeds(model, c.Sets().First().Inputs).ToDictionary(f => f.Key.Name, f => f.Value);
                using OnnxSession session = OnnxSession.Load(file, c.Name, Plain);
                before = session.Run(feeds);
            }
            catch (InputException)
            {
                // ONNX Runtime lacks the operator, the opset or the type.
                beyond++;
                continue;
            }
            try
            {
                using OnnxSession session = OnnxSession.Load(Written(model), c.Name, Plain);
                IReadOnlyDictionary<string, TensorData> after = session.Run(feeds);
                foreach ((string name, TensorData value) in before) OnnxCase.Compare(name, value, after[name], Tolerance);
                same++;
            }
            catch (Exception e) when (e is InputException or Mismatch)
            {
                faults.Add($"{c.Name}: {e.Message}");
            }
        }
        log.WriteLine($"{same} files written back give the same; {beyond} can't be run by this ONNX Runtime.");
        Assert.True(faults.Count == 0, string.Join("\n", faults));
        Assert.True(same > 0);
    }

    /// <summary>Whole networks with weights, where the folder of data sets has some.</summary>
    private static IEnumerable<OnnxFolderCase> Networks()
    {
        string folder = Path.Combine(Environment.GetEnvironmentVariable("HEADROOM_DATA") ?? "", "onnx_small");
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.onnx").Order(StringComparer.Ordinal).Select(f => new OnnxFolderCase(Path.GetFileName(f), f, () => [(null, [])])) : [];
    }

    /// <summary>In the oldest opset that the default may be, or the first that has all operators.</summary>
    private static byte[] Written(Model model)
    {
        for (int opset = new OnnxWriteOptions().Opset; ; opset++)
        {
            try
            {
                return OnnxWriter.ToBytes(model, options: new OnnxWriteOptions { Opset = opset });
            }
            catch (GraphException) when (opset < OnnxWriteOptions.NewestOpset)
            {
            }
        }
    }
}
