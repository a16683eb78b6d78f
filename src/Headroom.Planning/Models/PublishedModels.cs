using System.Text.Json;
using System.Text.RegularExpressions;
using Headroom.Graph.HuggingFace;

namespace Headroom.Planning.Models;

/// <summary>The register of published models, found by the many ways their names are written.</summary>
public static partial class PublishedModels
{
    // Words that say how a model was tuned, stored or packed, not how large it is.
    private static readonly HashSet<string> Noise = new(StringComparer.Ordinal)
    {
        "meta", "instruct", "chat", "hf", "base", "it", "bf16", "bfloat16", "fp16", "fp8", "fp4", "nvfp4", "mxfp4", "int8", "int4", "gptq", "awq", "bnb", "4bit", "8bit", "q4", "q8", "v0.1", "v0.2", "v0.3", "v1", "pretrain",
        "finetune", "sft", "lora", "thinking", "2507", "0324", "0528", "preview", "model", "dense", "dynamic", "quantized", "w4a16", "w8a8", "k", "m",
        "huggingface", "pre", "fine", "training", "tuning", "pretraining", "finetuning", "ph1", "ph2", "tokendrop", "dropless",
    };

    private static readonly Lazy<(PublishedModel[] All, Dictionary<string, PublishedModel> ByKey)> Register = new(Load);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PublishedModel> All => Register.Value.All;

    /// <summary>A model by its name.</summary>
    /// <param name="name">As people and tables write it: <c>meta-llama/Meta-Llama-3-8B-Instruct</c>, <c>LLAMA3_8B</c>, <c>llama-3-8b</c>.</param>
    /// <returns>Its shape, or null where the register has none of that name.</returns>
    public static TransformerShape? Find(string name) => Published(name)?.Shape;

    /// <summary>A model by its name, with its source.</summary>
    /// <param name="name">As in <see cref="Find"/>.</param>
    /// <returns>The model, or null.</returns>
    public static PublishedModel? Published(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Dictionary<string, PublishedModel> models = Register.Value.ByKey;
        string plain = name.Trim();
        // Words in brackets explain; what stands before the last slash is who published it.
        foreach (string written in new[] { plain, Bracket().Replace(plain, " "), Bracket().Match(plain).Groups[1].Value })
        {
            if (models.GetValueOrDefault(Key(written, whole: true)) is { } exact) return exact;
            if (models.GetValueOrDefault(Key(written, whole: false)) is { } found) return found;
        }
        return null;
    }

    private static string Key(string name, bool whole)
    {
        IEnumerable<string> words = Separator().Split(name.Split('/')[^1].ToLowerInvariant()).Where(w => w.Length > 0);
        return string.Concat(whole ? words : words.Where(w => !Noise.Contains(w)));
    }

    private static (PublishedModel[] All, Dictionary<string, PublishedModel> ByKey) Load()
    {
        using Stream stream = typeof(PublishedModels).Assembly.GetManifestResourceStream("Headroom.Planning.models.published.json")!;
        using var json = JsonDocument.Parse(stream);
        PublishedModel[] all = [.. json.RootElement.GetProperty("models").EnumerateArray().Select(m =>
        {
            string name = m.GetProperty("name").GetString()!;
            string[] aliases = [.. m.GetProperty("aliases").EnumerateArray().Select(a => a.GetString()!)];
            ModelConfig config = ModelConfig.Parse(JsonSerializer.SerializeToUtf8Bytes(m.GetProperty("config")), name);
            return new PublishedModel(name, aliases, m.GetProperty("parameters").GetDouble(), m.TryGetProperty("unit", out JsonElement unit) ? unit.GetDouble() : 0, m.GetProperty("source").GetString()!, config);
        })];
        var byKey = new Dictionary<string, PublishedModel>(StringComparer.Ordinal);
        foreach (PublishedModel model in all)
        {
            foreach (string name in model.Aliases.Prepend(model.Name))
            {
                byKey.TryAdd(Key(name, whole: true), model);
                byKey.TryAdd(Key(name, whole: false), model);
            }
        }
        return (all, byKey);
    }

    [GeneratedRegex(@"[\s_:+-]+")]
    private static partial Regex Separator();

    [GeneratedRegex(@"\(([^)]*)\)")]
    private static partial Regex Bracket();
}
