using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Evidence;

namespace Headroom.Data.Tokenizers;

/// <summary>Byte-level byte pairs in Hugging Face's <c>tokenizer.json</c>: those of GPT-2, Llama 3 and Qwen, and ours.</summary>
/// <remarks>https://github.com/huggingface/tokenizers. SentencePiece-like vocabularies (Llama 2, Mistral) and WordPiece (BERT) are refused by name.</remarks>
public static class TokenizerJson
{
    public const string FileName = "tokenizer.json";

    private const long MostBytes = 256 << 20;
    private const int MostTokens = 1 << 22;

    /// <exception cref="InputException">The file is missing, broken or too large, or of another kind of tokenizer: says which part.</exception>
    public static BytePairTokenizer Read(string path)
    {
        JsonObject root;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MostBytes } large) throw new InputException(path, $"it has {large.Length} bytes; a tokenizer has at most {MostBytes}", "Name a tokenizer.json.");
            root = JsonNode.Parse(File.ReadAllBytes(path), documentOptions: new JsonDocumentOptions { MaxDepth = 32 }) as JsonObject ?? throw new JsonException("it is no object");
            return Of(root, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Reading(path, e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new InputException(path, "this is no tokenizer.json: " + e.Message, "Take the one that belongs to the model.");
        }
    }

    /// <summary>Writes a tokenizer as transformers reads it.</summary>
    /// <exception cref="InputException">The file can't be written.</exception>
    public static void Write(string path, BytePairTokenizer tokenizer)
    {
        JsonNode? normalizer = (tokenizer.Lowercase, tokenizer.Composed) switch
        {
            (true, true) => new JsonObject { ["type"] = "Sequence", ["normalizers"] = new JsonArray(Typed("NFC"), Typed("Lowercase")) },
            (true, false) => Typed("Lowercase"),
            (false, true) => Typed("NFC"),
            _ => null,
        };
        var root = new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = tokenizer.Padded ? new JsonArray(Added(BytePairTokenizer.PadToken, 0)) : [],
            ["normalizer"] = normalizer,
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = tokenizer.Pattern }, ["behavior"] = "Isolated", ["invert"] = false },
                    new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = false }),
            },
            ["post_processor"] = null,
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = true, ["trim_offsets"] = true, ["use_regex"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = null,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = false,
                ["byte_fallback"] = false,
                ["ignore_merges"] = tokenizer.WholeWords,
                ["vocab"] = new JsonObject(tokenizer.Tokens.Select((t, i) => KeyValuePair.Create(t, (JsonNode?)i))),
                ["merges"] = new JsonArray([.. tokenizer.Merges.Select(m => (JsonNode?)m)]),
            },
        };
        AtomicFile.WriteText(path, root.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    private static BytePairTokenizer Of(JsonObject root, string path)
    {
        JsonObject model = root["model"] as JsonObject ?? throw new JsonException("it has no 'model'");
        string kind = Text(model["type"]) ?? (model["merges"] is null ? "a model without a type" : "BPE");
        if (kind != "BPE") throw Other(path, $"its model is {kind}");
        if (Flag(model["byte_fallback"])) throw Other(path, "its model falls back to bytes, as SentencePiece does");
        if (Text(model["continuing_subword_prefix"]) is { Length: > 0 } || Text(model["end_of_word_suffix"]) is { Length: > 0 }) throw Other(path, "its pieces are marked by where they stand in a word");
        (bool lowercase, bool composed) = (false, false);
        foreach (JsonObject n in Parts(root["normalizer"], "normalizers"))
        {
            string? type = Text(n["type"]);
            if (type == "Lowercase") lowercase = true;
            else if (type == "NFC") composed = true;
            else throw Other(path, $"its normalizer is {type}");
        }
        string? pattern = null;
        bool bytes = false;
        foreach (JsonObject p in Parts(root["pre_tokenizer"], "pretokenizers"))
        {
            string? type = Text(p["type"]);
            if (type is "Split" && Text(p["pattern"]?["Regex"]) is string regex && Text(p["behavior"]) == "Isolated" && !Flag(p["invert"]) && pattern is null) pattern = regex;
            else if (type == "ByteLevel" && !Flag(p["add_prefix_space"]))
            {
                bytes = true;
                if (p["use_regex"] is null || Flag(p["use_regex"])) pattern ??= WordPattern.Words;
            }
            else throw Other(path, $"its pre-tokenizer is {type}{(type is "Split" or "ByteLevel" ? " with settings that aren't known here" : "")}");
        }
        if (!bytes || pattern is null) throw Other(path, "it doesn't work on bytes");
        return new BytePairTokenizer(Vocabulary(root, model), Merges(model), pattern, lowercase, composed, Flag(model["ignore_merges"]), padded: false);
    }

    /// <summary>Tokens at the places of their ids; a place that nobody takes gets a name of its own.</summary>
    private static string[] Vocabulary(JsonObject root, JsonObject model)
    {
        JsonObject vocab = model["vocab"] as JsonObject ?? throw new JsonException("its model has no 'vocab'");
        List<(string Token, int Id)> all = [.. vocab.Select(v => (v.Key, (int)v.Value!)), .. (root["added_tokens"] as JsonArray ?? []).Select(a => ((string)a!["content"]!, (int)a["id"]!))];
        if (all.Count == 0) throw new JsonException("its vocabulary is empty");
        if (all.Any(t => t.Id is < 0 or >= MostTokens)) throw new JsonException($"an id is {all.First(t => t.Id is < 0 or >= MostTokens).Id}");
        var tokens = new string[all.Max(t => t.Id) + 1];
        foreach ((string token, int id) in all)
        {
            if (tokens[id] is string other && other != token) throw new JsonException($"'{token}' and '{other}' both have the id {id}");
            tokens[id] = token;
        }
        HashSet<string> taken = [.. tokens.Where(t => t is not null)];
        for (int i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] is not null) continue;
            tokens[i] = $"<unused {i}>";
            if (!taken.Add(tokens[i])) throw new JsonException($"'{tokens[i]}' stands for two ids");
        }
        return taken.Count == tokens.Length ? tokens : throw new JsonException("a token has two ids");
    }

    private static string[] Merges(JsonObject model)
        => [.. (model["merges"] as JsonArray ?? throw new JsonException("its model has no 'merges'")).Select(m => m is JsonArray { Count: 2 } pair ? $"{(string)pair[0]!} {(string)pair[1]!}" : (string)m!)];

    private static IEnumerable<JsonObject> Parts(JsonNode? node, string list) => node switch
    {
        null => [],
        JsonObject o when Text(o["type"]) == "Sequence" => (o[list] as JsonArray ?? []).Select(p => p as JsonObject ?? throw new JsonException($"'{list}' holds no objects")),
        JsonObject o => [o],
        _ => throw new JsonException("a part is no object"),
    };

    private static string? Text(JsonNode? node) => node is JsonValue v && v.TryGetValue(out string? text) ? text : null;

    private static bool Flag(JsonNode? node) => node is JsonValue v && v.TryGetValue(out bool flag) && flag;

    private static JsonObject Typed(string type) => new() { ["type"] = type };

    private static JsonObject Added(string content, int id) => new() { ["id"] = id, ["content"] = content, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true };

    private static InputException Other(string path, string what) => new(path, $"{what}; byte-level byte pairs (GPT-2, Llama 3, Qwen) are read here", "Take a model with such a tokenizer.");
}
