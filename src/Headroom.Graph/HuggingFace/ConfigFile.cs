using System.Text.Json;
using System.Text.Unicode;
using Headroom.Evidence;

namespace Headroom.Graph.HuggingFace;

/// <summary>Reads a <c>config.json</c>: its JSON, then the reader of its family.</summary>
internal static class ConfigFile
{
    public const string Name = "config.json";

    /// <summary>What a file may have: the largest that are published name 20,000 classes and have 2 MB.</summary>
    private const int MaximumBytes = 16 << 20;

    private const int MaximumDepth = 32;

    private delegate ModelConfig Reader(ConfigFields file, ModelFamily family, string modelType);

    /// <summary>By <c>model_type</c>; the architecture's first word stands for it in files from before there was one.</summary>
    private static readonly Dictionary<string, (string Architecture, ModelFamily Family, Reader Read)> Families = new(StringComparer.Ordinal)
    {
        ["llama"] = ("Llama", ModelFamily.Llama, DecoderReader.Read),
        ["mistral"] = ("Mistral", ModelFamily.Llama, DecoderReader.Read),
        ["qwen2"] = ("Qwen2", ModelFamily.Qwen2, DecoderReader.Read),
        ["mimo"] = ("MiMo", ModelFamily.Qwen2, DecoderReader.Read),
        ["qwen3"] = ("Qwen3", ModelFamily.Qwen3, DecoderReader.Read),
        ["qwen3_vl"] = ("Qwen3VL", ModelFamily.Qwen3, DecoderReader.Read),
        ["qwen3_moe"] = ("Qwen3Moe", ModelFamily.Qwen3Moe, DecoderReader.Read),
        ["mixtral"] = ("Mixtral", ModelFamily.Mixtral, DecoderReader.Read),
        ["phi"] = ("Phi", ModelFamily.Phi, DecoderReader.Read),
        ["gpt_oss"] = ("GptOss", ModelFamily.GptOss, DecoderReader.Read),
        ["deepseek_v3"] = ("DeepseekV3", ModelFamily.DeepSeekV3, DecoderReader.Read),
        ["kimi_k2"] = ("KimiK2", ModelFamily.DeepSeekV3, DecoderReader.Read),
        ["glm_moe_dsa"] = ("GlmMoeDsa", ModelFamily.GlmMoeDsa, DecoderReader.Read),
        ["llama4"] = ("Llama4", ModelFamily.Llama4, DecoderReader.Read),
        ["gemma4"] = ("Gemma4", ModelFamily.Gemma4, DecoderReader.Read),
        ["deepseek_v2"] = ("DeepseekV2", ModelFamily.DeepSeekV2, DecoderReader.Read),
        ["gemma"] = ("Gemma", ModelFamily.Gemma, DecoderReader.Read),
        ["gemma2"] = ("Gemma2", ModelFamily.Gemma, DecoderReader.Read),
        ["gemma3"] = ("Gemma3", ModelFamily.Gemma, DecoderReader.Read),
        ["gemma3_text"] = ("Gemma3", ModelFamily.Gemma, DecoderReader.Read),
        ["phi3"] = ("Phi3", ModelFamily.Phi3, DecoderReader.Read),
        ["olmo"] = ("Olmo", ModelFamily.Olmo, DecoderReader.Read),
        ["olmo2"] = ("Olmo2", ModelFamily.Olmo2, DecoderReader.Read),
        ["granite"] = ("Granite", ModelFamily.Granite, DecoderReader.Read),
        ["qwen2_moe"] = ("Qwen2Moe", ModelFamily.Qwen2Moe, DecoderReader.Read),
        ["gpt_neox"] = ("GPTNeoX", ModelFamily.LayerNormDecoder, LayerNormReader.Read),
        ["gptj"] = ("GPTJ", ModelFamily.LayerNormDecoder, LayerNormReader.Read),
        ["gpt_neo"] = ("GPTNeo", ModelFamily.LayerNormDecoder, LayerNormReader.Read),
        ["falcon"] = ("Falcon", ModelFamily.LayerNormDecoder, LayerNormReader.Read),
        ["mpt"] = ("MPT", ModelFamily.LayerNormDecoder, LayerNormReader.Read),
        ["bloom"] = ("Bloom", ModelFamily.LayerNormDecoder, LayerNormReader.Read),
        ["opt"] = ("OPT", ModelFamily.LayerNormDecoder, LayerNormReader.Read),
        ["stablelm"] = ("StableLm", ModelFamily.LayerNormDecoder, LayerNormReader.Read),
        ["starcoder2"] = ("Starcoder2", ModelFamily.LayerNormDecoder, LayerNormReader.Read),
        ["cohere"] = ("Cohere", ModelFamily.LayerNormDecoder, LayerNormReader.Read),
        ["nemotron"] = ("Nemotron", ModelFamily.LayerNormDecoder, LayerNormReader.Read),
        ["gpt_bigcode"] = ("GPTBigCode", ModelFamily.LayerNormDecoder, LayerNormReader.Read),
        ["t5"] = ("T5", ModelFamily.T5, T5Reader.Read),
        ["nemotron_h"] = ("NemotronH", ModelFamily.NemotronH, HybridReader.Read),
        ["gpt2"] = ("GPT2", ModelFamily.Gpt2, Gpt2Reader.Read),
        ["bert"] = ("Bert", ModelFamily.Bert, EncoderReader.Read),
        ["vit"] = ("ViT", ModelFamily.Vit, EncoderReader.Read),
    };

    private static readonly string[] Purposes = ["For", "Model", "LMHead", "WithLMHead", "DoubleHeads", "EncoderModel", "TextModel"];

    public static ModelConfig Read(string path)
    {
        byte[] json;
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (stream.Length > MaximumBytes) throw new InputException(path, $"it has {stream.Length} bytes; a config.json has at most {MaximumBytes}.", "Name the model's config.json.");
            json = new byte[stream.Length];
            stream.ReadExactly(json);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw FileFaults.Reading(path, e);
        }
        return Parse(json, path);
    }

    public static ModelConfig Parse(ReadOnlyMemory<byte> json, string file)
    {
        if (!Utf8.IsValid(json.Span)) throw new InputException(file, "it is no valid UTF-8.", "Take the model's own config.json, as its maker publishes it.");
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(PythonJson.Plain(json), new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaximumDepth });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InputException(file, $"it is no valid JSON: {e.Message}", "Take the model's own config.json, as its maker publishes it.");
        }
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new InputException(file, "it holds no JSON object.", "Name the model's config.json.");
            return Parse(new ConfigFields(document.RootElement, file));
        }
    }

    private static ModelConfig Parse(ConfigFields file)
    {
        string architecture = file.Texts("architectures") is [string first, ..] ? first : "";
        string type = file.Has("model_type") ? file.Text("model_type") : ByArchitecture(architecture) ?? throw file.Fault("model_type", "is missing, and no architecture says which family this is");
        if (!Families.TryGetValue(type, out var family)) throw file.Fault("model_type", $"is '{type}', which this version doesn't know.{NearestName.Hint(type, Families.Keys)} It knows {string.Join(", ", Families.Keys)}");
        return family.Read(file, family.Family, type) with { Architecture = architecture };
    }

    /// <summary>The family whose name stands before what the class is for: <c>OlmoForCausalLM</c> is OLMo's, <c>OlmoeForCausalLM</c> another's.</summary>
    private static string? ByArchitecture(string architecture)
        => Families.Where(f => architecture.StartsWith(f.Value.Architecture, StringComparison.Ordinal) && Array.Exists(Purposes, p => architecture.AsSpan(f.Value.Architecture.Length).StartsWith(p))).Select(f => f.Key).FirstOrDefault();
}
