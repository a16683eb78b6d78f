using System.Text.Json.Nodes;
using CsCheck;
using Headroom.Data.Tokenizers;
using Headroom.Evidence;

namespace Headroom.Data.Tests.Tokenizers;

public sealed class TokenizerJsonTests : IDisposable
{
    private static readonly string[] Texts = ["Hello, world! It's 2026; naïve cafés cost 12.50 €.\n\tNext line  ", "the quick brown fox", "", "日本語 and emoji 🎉", "aaa aaa aaab"];

    private readonly string _file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, true, false)]
    public void What_was_written_gives_the_same_ids(bool lowercase, bool composed, bool wholeWords)
    {
        BytePairTokenizer trained = BytePairTrainer.Train([string.Join(' ', Texts), "the world is the world"], new BytePairOptions { VocabularySize = 300, Lowercase = lowercase }, default);
        var tokenizer = new BytePairTokenizer(trained.Tokens, trained.Merges, trained.Pattern, lowercase, composed, wholeWords);
        TokenizerJson.Write(_file, tokenizer);
        BytePairTokenizer read = TokenizerJson.Read(_file);
        Assert.Equal(tokenizer.VocabularySize, read.VocabularySize);
        foreach (string text in Texts)
        {
            Assert.Equal(tokenizer.Encode(text), read.Encode(text));
            Assert.Equal(tokenizer.Decode(tokenizer.Encode(text)), read.Decode(read.Encode(text)));
        }
    }

    [Fact]
    public void Any_text_comes_back()
    {
        BytePairTokenizer trained = BytePairTrainer.Train(Texts, new BytePairOptions { VocabularySize = 300 }, default);
        var whole = new BytePairTokenizer(trained.Tokens, trained.Merges, trained.Pattern, lowercase: false, wholeWords: true, padded: false);
        Gen.String.Where(s => !s.Any(char.IsSurrogate)).Sample(s => Assert.Equal(s, whole.Decode(whole.Encode(s))), iter: 300);
    }

    [Fact] // as in files of GPT-2: merges in pairs, a pattern of its own or ByteLevel's, tokens beside the vocabulary, ids left out
    public void Files_of_others_are_read()
    {
        JsonObject root = Gpt2();
        root["added_tokens"] = new JsonArray(new JsonObject { ["id"] = 9, ["content"] = "<|endoftext|>", ["special"] = true });
        root["model"]!["merges"] = new JsonArray(new JsonArray("a", "b"), new JsonArray("ab", "c"));
        File.WriteAllText(_file, root.ToJsonString());
        BytePairTokenizer read = TokenizerJson.Read(_file);
        Assert.Equal(10, read.VocabularySize);
        Assert.Equal(WordPattern.Words, read.Pattern);
        Assert.Equal([5, 3, 4], read.Encode("abc ab"));
        // Id 0 is a token like others there.
        Assert.Equal("a", read.Decode([0]));
    }

    [Theory]
    [InlineData("model.type", "\"Unigram\"", "its model is Unigram")]
    [InlineData("model.type", "\"WordPiece\"", "its model is WordPiece")]
    [InlineData("model.byte_fallback", "true", "falls back to bytes")]
    [InlineData("model.end_of_word_suffix", "\"</w>\"", "marked by where they stand")]
    [InlineData("normalizer", "{\"type\":\"Prepend\",\"prepend\":\"▁\"}", "its normalizer is Prepend")]
    [InlineData("pre_tokenizer", "{\"type\":\"Metaspace\"}", "its pre-tokenizer is Metaspace")]
    [InlineData("pre_tokenizer", "null", "doesn't work on bytes")]
    [InlineData("model.vocab", "null", "has no 'vocab'")]
    [InlineData("model.vocab", "{\"a\":-1}", "an id is -1")]
    [InlineData("model.vocab", "{\"a\":2000000000}", "an id is 2000000000")]
    [InlineData("model.vocab", "{\"a\":0,\"b\":0}", "both have the id 0")]
    [InlineData("model.vocab", "{\"a\":\"x\"}", "tokenizer.json")]
    [InlineData("model.merges", "7", "has no 'merges'")]
    [InlineData("model.merges", "[\"a zzz\"]", "")]
    [InlineData("pre_tokenizer", "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(\"},\"behavior\":\"Isolated\"},{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"use_regex\":false}]}", "")]
    public void What_is_no_such_tokenizer_is_refused_with_its_part(string part, string value, string message)
    {
        JsonObject root = Gpt2(), at = root;
        string[] path = part.Split('.');
        foreach (string p in path[..^1]) at = at[p]!.AsObject();
        at[path[^1]] = JsonNode.Parse(value);
        File.WriteAllText(_file, root.ToJsonString());
        Assert.Contains(message, Assert.Throws<InputException>(() => TokenizerJson.Read(_file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_are_refused_and_nothing_else_happens()
    {
        byte[] whole = System.Text.Encoding.UTF8.GetBytes(Gpt2().ToJsonString());
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Bool).Sample((at, value, cut) =>
        {
            byte[] damaged = cut ? whole[..at] : [.. whole[..at], value, .. whole[(at + 1)..]];
            File.WriteAllBytes(_file, damaged);
            try
            {
                TokenizerJson.Read(_file).Encode("abc");
            }
            catch (InputException)
            {
                // Refused.
            }
        }, iter: 2000, threads: 1);
    }

    private static JsonObject Gpt2() => new()
    {
        ["normalizer"] = null,
        ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true },
        ["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["vocab"] = new JsonObject { ["a"] = 0, ["b"] = 1, ["c"] = 2, ["Ġ"] = 3, ["ab"] = 4, ["abc"] = 5 },
            ["merges"] = new JsonArray("a b", "ab c"),
        },
    };
}
