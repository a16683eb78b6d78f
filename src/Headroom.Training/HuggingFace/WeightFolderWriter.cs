using System.Globalization;
using System.Text.RegularExpressions;
using Headroom.Evidence;
using Headroom.Training.Checkpoints;

namespace Headroom.Training.HuggingFace;

/// <summary>Writes weights into a Hugging Face folder: one <c>model.safetensors</c>, or shards such as <c>model-00001-of-00003.safetensors</c> and their index.</summary>
public static partial class WeightFolderWriter
{
    /// <summary>What transformers puts into one file.</summary>
    public const long DefaultShardBytes = 5_000_000_000;

    /// <summary>Replaces the folder's weights. All files are written beside the old ones first; a failure there leaves the old ones as they were.</summary>
    /// <remarks>A kill while files change places leaves a folder that <see cref="WeightFolder"/> refuses, never one of old and new weights: the index, or the single file, goes first and comes last.</remarks>
    /// <param name="folder">Made if it isn't there; files of other names stay.</param>
    /// <param name="tensors">In the order in which shards take them.</param>
    /// <param name="shardBytes">The most bytes of tensors in a file; one that is larger gets a file of its own.</param>
    /// <exception cref="InputException">The disk is full or read-only, or writing there is not allowed.</exception>
    /// <exception cref="ArgumentException">Two tensors have one name.</exception>
    public static void Write(string folder, IReadOnlyList<SafetensorsEntry> tensors, long shardBytes = DefaultShardBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardBytes, 1);
        List<List<SafetensorsEntry>> shards = Split(tensors, shardBytes);
        string Name(int shard) => shards.Count == 1 ? WeightFolder.SingleFile : string.Create(CultureInfo.InvariantCulture, $"model-{shard + 1:00000}-of-{shards.Count:00000}.safetensors");
        Dictionary<string, string> places = new(StringComparer.Ordinal);
        for (int i = 0; i < shards.Count; i++)
            foreach (SafetensorsEntry t in shards[i]) if (!places.TryAdd(t.Name, Name(i))) throw new ArgumentException($"the name '{t.Name}' is taken", nameof(tensors));
        string stage = Path.Join(folder, $".headroom-{Path.GetRandomFileName()}.tmp");
        try
        {
            Directory.CreateDirectory(stage);
            // The format is asked for by transformers; the names and layouts are PyTorch's.
            for (int i = 0; i < shards.Count; i++) SafetensorsWriter.Write(Path.Join(stage, Name(i)), shards[i], new Dictionary<string, string> { ["format"] = "pt" });
            if (shards.Count > 1) ShardIndex.Write(Path.Join(stage, WeightFolder.IndexFile), tensors.Sum(t => t.Type.Bytes), places);
            Place(stage, folder, [.. Enumerable.Range(0, shards.Count).Select(Name)], shards.Count > 1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Writing(folder, e);
        }
        finally
        {
            if (Directory.Exists(stage)) Directory.Delete(stage, recursive: true);
        }
    }

    /// <summary>Brings the finished files to their places.</summary>
    private static void Place(string stage, string folder, string[] names, bool indexed)
    {
        File.Delete(Path.Join(folder, WeightFolder.IndexFile));
        if (indexed) File.Delete(Path.Join(folder, WeightFolder.SingleFile));
        foreach (string name in names) File.Move(Path.Join(stage, name), Path.Join(folder, name), overwrite: true);
        if (indexed) File.Move(Path.Join(stage, WeightFolder.IndexFile), Path.Join(folder, WeightFolder.IndexFile));
        // Shards of weights that were there before, in another number.
        foreach (string old in Directory.EnumerateFiles(folder, "model-*-of-*.safetensors").Where(f => Shard().IsMatch(Path.GetFileName(f)) && !names.Contains(Path.GetFileName(f))).ToArray()) File.Delete(old);
    }

    private static List<List<SafetensorsEntry>> Split(IReadOnlyList<SafetensorsEntry> tensors, long shardBytes)
    {
        List<List<SafetensorsEntry>> shards = [[]];
        long bytes = 0;
        foreach (SafetensorsEntry t in tensors)
        {
            if (shards[^1].Count > 0 && t.Type.Bytes > shardBytes - bytes)
            {
                shards.Add([]);
                bytes = 0;
            }
            shards[^1].Add(t);
            bytes = checked(bytes + t.Type.Bytes);
        }
        return shards;
    }

    [GeneratedRegex(@"^model-\d{5}-of-\d{5}\.safetensors$")]
    private static partial Regex Shard();
}
