using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Training.Checkpoints;

namespace Headroom.Training.HuggingFace;

/// <summary>The weights in a Hugging Face folder, in one file or in shards: headers are read and checked when it is opened, tensors when asked for.</summary>
/// <remarks><c>model.safetensors</c>, or else <c>model.safetensors.index.json</c> and the files that it names, as transformers looks for them.</remarks>
public sealed class WeightFolder : IDisposable
{
    public const string SingleFile = "model.safetensors";

    public const string IndexFile = "model.safetensors.index.json";

    private readonly List<SafetensorsFile> _files;
    private readonly Dictionary<string, SafetensorsFile> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorType> _types = new(StringComparer.Ordinal);

    private WeightFolder(string path, List<SafetensorsFile> files) => (Path, _files) = (path, files);

    public string Path { get; }

    /// <summary>The tensors' names and types.</summary>
    public IReadOnlyDictionary<string, TensorType> Tensors => _types;

    /// <summary>The files that hold them.</summary>
    public IEnumerable<string> Files => _files.Select(f => System.IO.Path.GetFileName(f.Path));

    /// <summary>Bytes of all tensors.</summary>
    public long Bytes => _types.Values.Sum(t => t.Bytes);

    /// <exception cref="InputException">There are no weights, a shard is missing or broken, or index and shards disagree: says which tensor, and where.</exception>
    public static WeightFolder Open(string path)
    {
        if (!Directory.Exists(path)) throw new InputException(path, "there is no such folder.", "Check the path.");
        string single = System.IO.Path.Join(path, SingleFile), index = System.IO.Path.Join(path, IndexFile);
        List<SafetensorsFile> files = [];
        try
        {
            var folder = new WeightFolder(path, files);
            if (File.Exists(single))
            {
                files.Add(SafetensorsFile.Open(single));
                folder.Add(files[0]);
            }
            else if (File.Exists(index))
            {
                folder.Add(index, ShardIndex.Read(index));
            }
            else
            {
                bool pickles = Directory.EnumerateFiles(path, "*.bin").Any();
                throw new InputException(path, $"there is neither {SingleFile} nor {IndexFile} in it.", pickles ? "Its .bin files are pickles, which can run code and aren't read: save it as safetensors." : "Name the folder that holds a model's weights.");
            }
            return folder;
        }
        catch
        {
            foreach (SafetensorsFile f in files) f.Dispose();
            throw;
        }
    }

    /// <summary>A tensor, read onto the managed heap.</summary>
    /// <exception cref="InputException">There is no such tensor, it takes more than 2 GiB, or reading fails.</exception>
    public TensorData Read(string name) => Find(name).Read(name);

    /// <summary>Reads a part of a tensor's bytes.</summary>
    /// <exception cref="InputException">There is no such tensor, or reading fails.</exception>
    public void Read(string name, long offset, Span<byte> destination) => Find(name).Read(name, offset, destination);

    /// <summary>The type of a tensor that a model needs in this shape.</summary>
    /// <exception cref="InputException">It is missing or has another shape.</exception>
    public TensorType Require(string name, Shape shape)
    {
        SafetensorsFile file = Find(name);
        TensorType type = _types[name];
        return type.Shape.Equals(shape) ? type : throw new InputException(file.Path, $"the tensor '{name}' is {type}, where the model needs {shape}.", "Take weights and config.json of the same model.");
    }

    public void Dispose()
    {
        foreach (SafetensorsFile f in _files) f.Dispose();
    }

    private SafetensorsFile Find(string name) => _places.TryGetValue(name, out SafetensorsFile? file) ? file
        : throw new InputException(Path, $"there is no tensor '{name}' in it.{NearestName.Hint(name, _places.Keys)}", "Take weights and config.json of the same model.");

    private void Add(SafetensorsFile file)
    {
        foreach ((string name, TensorType type) in file.Tensors)
        {
            _places.Add(name, file);
            _types.Add(name, type);
        }
    }

    private void Add(string path, ShardIndex index)
    {
        string[] shards = [.. index.Files.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string[] missing = [.. shards.Where(s => !File.Exists(System.IO.Path.Join(Path, s)))];
        if (missing.Length > 0) throw Broken($"it names {string.Join(", ", missing.Take(5))}{(missing.Length > 5 ? $" and {missing.Length - 5} more" : "")}, which the folder doesn't have");
        foreach (string shard in shards)
        {
            SafetensorsFile file = SafetensorsFile.Open(System.IO.Path.Join(Path, shard));
            _files.Add(file);
            foreach (string name in file.Tensors.Keys)
            {
                if (_places.TryGetValue(name, out SafetensorsFile? other)) throw Broken($"the tensor '{name}' lies in {System.IO.Path.GetFileName(other.Path)} and in {shard}");
                if (!index.Files.TryGetValue(name, out string? said)) throw Broken($"it doesn't name the tensor '{name}', which lies in {shard}");
                if (said != shard && Holds(said, name)) throw Broken($"the tensor '{name}' lies in {said} and in {shard}");
                if (said != shard) throw Broken($"the tensor '{name}' lies in {shard}, and not in {said}");
            }
            Add(file);
        }
        foreach ((string name, string shard) in index.Files) if (!_places.ContainsKey(name)) throw Broken($"the tensor '{name}' doesn't lie in {shard}");
        long bytes = _types.Values.Aggregate(0L, (sum, t) => checked(sum + t.Bytes));
        if (index.TotalSize is long total && total != bytes) throw Broken($"its total_size is {total} bytes, and the tensors take {bytes}");

        InputException Broken(string what) => new(path, $"{what}.", "Take the folder anew from where it came from.");
    }

    private bool Holds(string shard, string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(System.IO.Path.Join(Path, shard));
        return file.Tensors.ContainsKey(name);
    }
}
