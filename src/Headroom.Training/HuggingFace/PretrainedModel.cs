using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.HuggingFace;
using Headroom.Training.Checkpoints;

namespace Headroom.Training.HuggingFace;

/// <summary>A network and its weights out of a Hugging Face folder: <c>config.json</c> says what to build, the tensors are read when a session starts. Open as long as the model is used.</summary>
public sealed class PretrainedModel : IDisposable
{
    // What a network's inner model is called within the one with a head: a folder may have the inner one alone.
    private static readonly string[] Prefixes = ["model.", "transformer.", "bert.", "vit."];

    private readonly WeightFolder _weights;
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    private PretrainedModel(string path, ModelConfig config, WeightFolder weights, Model model)
    {
        (Path, Config, _weights) = (path, config, weights);
        foreach (State s in model.States) _names[s.Value.Name] = Find(s);
        Model = Read(model);
        Unused = [.. weights.Tensors.Keys.Except(_names.Values).Order(StringComparer.Ordinal)];
    }

    public string Path { get; }

    public ModelConfig Config { get; }

    /// <summary>In fp32, whatever the folder's tensors are.</summary>
    public Model Model { get; }

    /// <summary>The same with documents that share rows (see <see cref="Graph.Models.Llama.Decoder"/>): for training, over the same weights.</summary>
    public Model Packed() => Read(ConfiguredModel.Build(Config, Model.Inputs[0].Dimensions[1].Extent, packed: true));

    /// <summary>Bytes of the folder's tensors.</summary>
    public long WeightBytes => _weights.Bytes;

    /// <summary>Tensors of the folder that the network doesn't have: buffers that can be computed, a head that is tied.</summary>
    public IReadOnlyList<string> Unused { get; }

    /// <param name="path">The folder.</param>
    /// <param name="length">Tokens in a row.</param>
    /// <exception cref="InputException">The config or a shard is missing or broken, there is no builder for it, or a tensor is missing or of another shape.</exception>
    public static PretrainedModel Open(string path, long length)
    {
        ModelConfig config = ModelConfig.Read(path);
        WeightFolder weights = WeightFolder.Open(path);
        try
        {
            return new PretrainedModel(path, config, weights, ConfiguredModel.Build(config, length));
        }
        catch (GraphException e)
        {
            weights.Dispose();
            throw new InputException(System.IO.Path.Join(path, "config.json"), e.Message, "Take another model, or other settings.");
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Writes a folder that transformers, vLLM and llama.cpp's converter load: this one's config and tokenizer, under its tensors' names, with new values.</summary>
    /// <param name="folder">Made if it isn't there.</param>
    /// <param name="value">The value of one of the model's states, by name.</param>
    /// <param name="element">fp32, bf16 or fp16; null keeps each tensor's own type.</param>
    /// <param name="shardBytes">The most bytes of tensors in a file.</param>
    /// <exception cref="InputException">The folder can't be written, or is this model's own.</exception>
    public void Save(string folder, Func<string, TensorData> value, ElementType? element = null, long shardBytes = WeightFolderWriter.DefaultShardBytes)
    {
        if (System.IO.Path.GetFullPath(folder) == System.IO.Path.GetFullPath(Path)) throw new InputException(folder, "this is the folder that the model is read from.", "Write to another one.");
        WeightFolderWriter.Write(folder, [.. Model.States.Select(s => Entry(s, value, element))], shardBytes);
        try
        {
            foreach (string file in Directory.EnumerateFiles(Path).Where(IsKept)) File.Copy(file, System.IO.Path.Join(folder, System.IO.Path.GetFileName(file)), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Writing(folder, e);
        }
    }

    public void Dispose() => _weights.Dispose();

    private SafetensorsEntry Entry(State state, Func<string, TensorData> value, ElementType? element)
    {
        string name = _names[state.Value.Name];
        var type = new TensorType(element ?? _weights.Tensors[name].Element, state.Type.Shape);
        TensorData? data = null;
        return new SafetensorsEntry(name, type, (offset, count) =>
        {
            // One tensor at a time is held: it is asked for in pieces, first to last.
            data ??= value(state.Value.Name).To(type.Element);
            ReadOnlySpan<byte> part = data.Bytes.Slice(checked((int)offset), count);
            if (offset + count == type.Bytes) data = null;
            return part;
        });
    }

    // Configuration and tokenizer, and no weights.
    private static bool IsKept(string file) => System.IO.Path.GetExtension(file) is ".json" or ".txt" or ".model" && !file.EndsWith(WeightFolder.IndexFile, StringComparison.Ordinal);

    private Model Read(Model model) => model with { States = [.. model.States.Select(Stored)] };

    private State Stored(State s)
    {
        string name = _names[s.Value.Name];
        return s with { Initializer = new Initializer.Stored(s.Type, () => _weights.Read(name).To(s.Type.Element)) };
    }

    private string Find(State s)
    {
        string name = s.Value.Name;
        if (!_weights.Tensors.ContainsKey(name) && Prefixes.FirstOrDefault(p => name.StartsWith(p, StringComparison.Ordinal)) is string prefix && _weights.Tensors.ContainsKey(name[prefix.Length..])) name = name[prefix.Length..];
        TensorType type = _weights.Require(name, s.Type.Shape);
        return type.Element.IsFloat() ? name : throw new InputException(Path, $"the tensor '{name}' is {type}; floating weights can be trained.", "Take the model's unquantized weights.");
    }
}
