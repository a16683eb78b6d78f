using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Headroom.Data.Tokenizers;

namespace Headroom.Data.Tests.Tokenizers;

public sealed class TokenizerTests
{
    private static readonly string[] Corpus =
    [
        .. Enumerable.Range(0, 300).Select(i => $"Gets or sets the {(i % 3 == 0 ? "value" : "name")} of the HttpClientHandler number {i % 17}, or null."),
        "Ünïcödé tëxt with emoji 🙂🙂 and tabs\t\tand\r\nlines", "don't we'll they're",
    ];

    private static BytePairTokenizer Train(string pattern = WordPattern.Words, int size = 400, bool lowercase = false) =>
        BytePairTrainer.Train(Corpus, new BytePairOptions { VocabularySize = size, Pattern = pattern, Lowercase = lowercase }, TestContext.Current.CancellationToken);

    // Unicode scalars of every length in UTF-8; halves of surrogate pairs are no text.
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.OneOf("the value", " of", "HttpClient", "'ll", "  ", "\r\n", "<pad>", "ß", "漢字", "🙂", "\u0000", "\u00a0", "\u0301"),
        Gen.Int[0, 0x10FFFF].Where(c => c is < 0xD800 or > 0xDFFF).Select(char.ConvertFromUtf32)).Array[0, 30].Select(string.Concat);

    [Theory]
    [InlineData(WordPattern.Words)]
    [InlineData(WordPattern.Identifiers)]
    public void Decoding_gives_back_what_was_encoded(string pattern)
    {
        var tokenizer = Train(pattern);
        Text.Sample(text => Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text))), iter: 2_000);
    }

    // Algorithm 1 of arXiv:1508.07909 in its plainest form, applied merge by merge.
    private static int[] Slowly(BytePairTokenizer tokenizer, string text)
    {
        var ids = tokenizer.Tokens.Select((t, i) => (t, i)).ToDictionary(p => p.t, p => p.i);
        var all = new List<int>();
        foreach (var word in Regex.Matches(text, tokenizer.Pattern).Select(m => m.Value))
        {
            var symbols = Encoding.UTF8.GetBytes(word).Select(b => ByteAlphabet.Of(b).ToString()).ToList();
            foreach (var merge in tokenizer.Merges.Select(m => m.Split(' ')))
            {
                for (var i = 0; i + 1 < symbols.Count; i++)
                {
                    if (symbols[i] == merge[0] && symbols[i + 1] == merge[1])
                    {
                        symbols[i] += symbols[i + 1];
                        symbols.RemoveAt(i + 1);
                    }
                }
            }
            all.AddRange(symbols.Select(s => ids[s]));
        }
        return [.. all];
    }

    [Fact]
    public void Library_encodes_as_the_paper_says()
    {
        var tokenizer = Train();
        Text.Sample(text => Assert.Equal(Slowly(tokenizer, text), tokenizer.Encode(text)), iter: 300);
        Assert.All(Corpus, text => Assert.Equal(Slowly(tokenizer, text), tokenizer.Encode(text)));
    }

    // The same algorithm with all pairs counted anew before each merge.
    private static List<string> MergesSlowly(IEnumerable<string> words, int merges)
    {
        var ids = new List<string> { "<pad>" };
        ids.AddRange(Enumerable.Range(0, 256).Select(b => ByteAlphabet.Of((byte)b).ToString()));
        var split = words.Select(w => Encoding.UTF8.GetBytes(w).Select(b => ByteAlphabet.Of(b).ToString()).ToList()).ToList();
        var learned = new List<string>();
        while (learned.Count < merges)
        {
            var best = split.SelectMany(w => w.Zip(w.Skip(1))).CountBy(p => p).Where(p => p.Value >= 2)
                .OrderByDescending(p => p.Value).ThenBy(p => ids.IndexOf(p.Key.First)).ThenBy(p => ids.IndexOf(p.Key.Second)).FirstOrDefault();
            if (best.Value == 0)
            {
                break;
            }
            var (left, right) = best.Key;
            learned.Add($"{left} {right}");
            if (!ids.Contains(left + right))
            {
                ids.Add(left + right);
            }
            foreach (var word in split)
            {
                for (var i = 0; i + 1 < word.Count; i++)
                {
                    if (word[i] == left && word[i + 1] == right)
                    {
                        word[i] += right;
                        word.RemoveAt(i + 1);
                    }
                }
            }
        }
        return learned;
    }

    [Fact]
    public void Trainer_learns_the_merges_of_the_plain_algorithm() => Gen.OneOf("a", "b", "ab", "aa", "c").Array[1, 9].Select(string.Concat).Array[1, 12].Sample(words =>
    {
        var fast = BytePairTrainer.Train(words, new BytePairOptions { VocabularySize = 267 });
        Assert.Equal(MergesSlowly(words, int.MaxValue).Take(fast.Merges.Count), fast.Merges);
        Assert.True(fast.Tokens.Count == 267 || fast.Merges.Count == MergesSlowly(words, int.MaxValue).Count);
    }, iter: 300);

    [Fact]
    public void Same_texts_give_the_same_vocabulary() => Assert.Equal(Train().Tokens, Train().Tokens);

    [Fact]
    public void Vocabulary_has_the_size_asked_for_with_padding_first()
    {
        var tokenizer = Train(size: 300);
        Assert.Equal((300, "<pad>"), (tokenizer.VocabularySize, tokenizer.Tokens[0]));
        Assert.DoesNotContain(0, tokenizer.Encode("<pad> and text"));
    }

    [Fact]
    public void Identifiers_come_apart() => Assert.Equal(["Http", "Client", "Handler", " XML", "Reader", " a", "B"], Regex.Matches("HttpClientHandler XMLReader aB", WordPattern.Identifiers).Select(m => m.Value));

    [Fact]
    public void Lowercase_is_kept_in_the_tokenizer() => Assert.Equal("the name", Train(lowercase: true) is var t ? t.Decode(t.Encode("The NAME")) : "");

    [Fact]
    public void Too_small_a_vocabulary_is_refused() => Assert.Contains("256 bytes", Scratch.Fails(() => Train(size: 256)));

    [Fact]
    public void Characters_round_trip_and_unknown_ones_are_zero()
    {
        var tokenizer = CharacterTokenizer.Train("hello\n", "🙂");
        Assert.Equal("\nehlo🙂", tokenizer.Characters);
        Assert.Equal("hole🙂", tokenizer.Decode(tokenizer.Encode("hole🙂")));
        Assert.Equal([0], tokenizer.Encode("z"));
        Assert.Equal(7, tokenizer.VocabularySize);
    }
}
