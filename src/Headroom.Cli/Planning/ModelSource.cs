using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.HuggingFace;
using Headroom.Planning.Models;

namespace Headroom.Cli.Planning;

/// <summary>The model that a plan is for: a folder in Hugging Face's layout, its config.json, or the name of one that was published.</summary>
/// <param name="Name">What the user called it.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Positions">Tokens that it was made for; null where it doesn't say.</param>
internal sealed record ModelSource(string Name, TransformerShape Shape, int? Positions)
{
    /// <summary>Reads it.</summary>
    /// <param name="model">A path or a name.</param>
    /// <exception cref="InputException">There is no such file and no such model, or the file is wrong: the message says what is missing.</exception>
    public static ModelSource Read(string model)
    {
        ModelConfig config = Directory.Exists(model) || File.Exists(model) ? ModelConfig.Read(model)
            : LooksLikePath(model) ? throw new InputException(model, "there is no such file or folder", "Give a folder in Hugging Face's layout, its config.json, or the name of a published model such as llama-3.1-8b.")
            : PublishedModels.Published(model)?.Config ?? throw new InputException(model, $"no published model is called so.{NearestName.Hint(model, PublishedModels.All.SelectMany(m => m.Aliases.Prepend(m.Name)))}", "Give a folder in Hugging Face's layout, its config.json, or a name such as llama-3.1-8b; another model's config.json is on its page at Hugging Face.");
        if (config.Image is not null) throw new InputException(model, "it takes pictures, of which this reckons no tokens", "Plan it from its ONNX file: headroom plan model.onnx.");
        try
        {
            string name = Called(model);
            return new(name, TransformerShape.Of(config, name), config.MaximumPositions);
        }
        catch (GraphException e)
        {
            throw new InputException(model, e.Message, "Mend the file.");
        }
    }

    /// <summary>A folder's own name, or the file's where it isn't called config.json.</summary>
    private static string Called(string model)
    {
        if (Directory.Exists(model)) return Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(model)));
        if (!File.Exists(model)) return model;
        string file = Path.GetFileNameWithoutExtension(model);
        return file != "config" ? file : Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(model))) is { Length: > 0 } folder ? folder : file;
    }

    private static bool LooksLikePath(string model) => model.Contains('/', StringComparison.Ordinal) && (model.StartsWith('.') || model.StartsWith('/') || model.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) || model.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
}
