using System.Diagnostics;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Tests.Fuzzing;
using Headroom.Training.Checkpoints;
using Headroom.Training.HuggingFace;

namespace Headroom.Training.Tests.Fuzzing;

/// <summary>Gives one file to the readers of weights, and reads every tensor of what opens.</summary>
/// <param name="folder">A folder that is there, for the files.</param>
internal sealed class SafetensorsCase(string folder)
{
    private static readonly string[] Words = ["metadata", "weight_map", "total_size", "a", "b", "c", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model-00003-of-00002.safetensors", "..", "../a.safetensors", ""];

    /// <summary>Breaks the index of the two shards that <see cref="Prepare"/> writes.</summary>
    public JsonMutator Indices() => new([File.ReadAllBytes(Path.Join(Shards, WeightFolder.IndexFile) + ".good")], Words);

    private string Shards => Path.Join(folder, "shards");

    /// <summary>Writes the shards whose index is to be broken.</summary>
    public void Prepare()
    {
        WeightFolderWriter.Write(Shards, [SafetensorsEntry.Of("a", TensorData.Floats(new Shape(2), 1, 2)), SafetensorsEntry.Of("b", TensorData.Longs(3)), SafetensorsEntry.Of("c", TensorData.Longs(4, 5))], shardBytes: 16);
        File.Copy(Path.Join(Shards, WeightFolder.IndexFile), Path.Join(Shards, WeightFolder.IndexFile) + ".good", overwrite: true);
    }

    public FuzzResult Weights(byte[] file)
    {
        string path = Path.Join(folder, "fuzzed.safetensors");
        Write(path, file);
        return Guarded(file, path, () =>
        {
            using SafetensorsFile opened = SafetensorsFile.Open(path);
            long bytes = opened.Tensors.Keys.Sum(name => opened.Read(name).Bytes.Length);
            if (bytes > file.Length) throw new InvalidOperationException($"{bytes} bytes of tensors from a file of {file.Length}");
            return opened.Tensors.Count > 0;
        });
    }

    public FuzzResult Index(byte[] file)
    {
        Write(Path.Join(Shards, WeightFolder.IndexFile), file);
        return Guarded(file, Shards, () =>
        {
            using WeightFolder opened = WeightFolder.Open(Shards);
            foreach (string name in opened.Tensors.Keys) opened.Read(name);
            return opened.Tensors.Count > 0;
        });
    }

    /// <summary>Over the old file, which is cut behind: making, or emptying, ten thousand files waits for the disk.</summary>
    private static void Write(string path, byte[] file)
    {
        using FileStream stream = new(path, FileMode.OpenOrCreate, FileAccess.Write);
        stream.Write(file);
        stream.SetLength(file.Length);
    }

    private static FuzzResult Guarded(byte[] file, string where, Func<bool> work)
    {
        var watch = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool read = false, some = false;
        string? fault = null;
        try
        {
            some = work();
            read = true;
        }
        catch (InputException e)
        {
            if (!e.Message.StartsWith(where, StringComparison.Ordinal)) fault = $"names no file: {e.Message}";
        }
        catch (Exception e)
        {
            fault = e.ToString();
        }
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        if (bytes > (100L * file.Length) + (1 << 20)) fault ??= $"{bytes} bytes allocated for a file of {file.Length}";
        if (watch.Elapsed > FuzzResult.Patience) fault ??= $"took {watch.Elapsed.TotalSeconds:0.0} s";
        return new FuzzResult(read, some, fault);
    }
}
