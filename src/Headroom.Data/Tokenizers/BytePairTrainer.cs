using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Headroom.Evidence;

namespace Headroom.Data.Tokenizers;

/// <summary>Learns byte-pair merges: the most frequent pair of neighbours within words becomes one symbol, again and again.</summary>
/// <remarks>
/// Sennrich, Haddow and Birch, arXiv:1508.07909, algorithm 1, over bytes as in GPT-2. Pair counts are kept up to date word by word, and a heap whose stale entries are
/// passed over gives the next pair; of equally frequent pairs the one with the smaller ids goes first, so the same texts give the same vocabulary.
/// No .NET package trains one: Microsoft.ML.Tokenizers only encodes.
/// </remarks>
public sealed class BytePairTrainer
{
    private readonly List<string> tokens = [BytePairTokenizer.PadToken];
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal) { [BytePairTokenizer.PadToken] = TextTokenizer.PadId };
    private readonly List<string> merges = [];
    private readonly List<(int[] Symbols, long Count)> words = [];
    private readonly Dictionary<(int Left, int Right), long> counts = [];
    private readonly Dictionary<(int Left, int Right), List<int>> places = [];
    private readonly PriorityQueue<(int Left, int Right), (long MinusCount, int Left, int Right)> heap = new();

    private BytePairTrainer()
    {
        for (var b = 0; b < 256; b++)
        {
            AddToken(ByteAlphabet.Of((byte)b).ToString());
        }
    }

    /// <summary>Trains on texts: give those of the training rows only.</summary>
    /// <exception cref="InputException">The vocabulary is smaller than padding and bytes need, or there is no text.</exception>
    public static BytePairTokenizer Train(IEnumerable<string> texts, BytePairOptions options, CancellationToken cancellation = default)
    {
        if (options.VocabularySize < 257)
        {
            throw new InputException("vocabulary_size", $"{options.VocabularySize} ids do not hold padding and the 256 bytes", "Give at least 257, for instance 8192.");
        }
        var trainer = new BytePairTrainer();
        trainer.Count(texts, options, cancellation);
        if (trainer.words.Count == 0)
        {
            throw new InputException("tokenizer", "the training rows hold no text", "Check the text column.");
        }
        trainer.Merge(options, cancellation);
        return new BytePairTokenizer(trainer.tokens, trainer.merges, options.Pattern, options.Lowercase);
    }

    private void Count(IEnumerable<string> texts, BytePairOptions options, CancellationToken cancellation)
    {
        var pattern = new Regex(options.Pattern, RegexOptions.CultureInvariant | RegexOptions.Compiled);
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        var lookup = found.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var text in texts)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = options.Lowercase ? text.ToLowerInvariant() : text;
            foreach (var match in pattern.EnumerateMatches(read))
            {
                CollectionsMarshal.GetValueRefOrAddDefault(lookup, read.AsSpan(match.Index, match.Length), out _)++;
            }
        }
        foreach (var (word, count) in found)
        {
            words.Add(([.. ByteAlphabet.Of(word).Select(c => ids[c.ToString()])], count));
        }
    }

    private void Merge(BytePairOptions options, CancellationToken cancellation)
    {
        for (var w = 0; w < words.Count; w++)
        {
            AddPairs(w, words[w].Count);
        }
        foreach (var (pair, count) in counts)
        {
            Push(pair, count);
        }
        while (tokens.Count < options.VocabularySize && heap.TryDequeue(out var pair, out var priority))
        {
            cancellation.ThrowIfCancellationRequested();
            var count = counts.GetValueOrDefault(pair);
            if (count != -priority.MinusCount)
            {
                // The pair has become rarer since; where it became more frequent, a newer entry already came first.
                if (count > 0 && count < -priority.MinusCount)
                {
                    Push(pair, count);
                }
                continue;
            }
            if (count < options.MinFrequency)
            {
                break;
            }
            var text = tokens[pair.Left] + tokens[pair.Right];
            if (text == BytePairTokenizer.PadToken)
            {
                counts.Remove(pair);
                continue;
            }
            merges.Add($"{tokens[pair.Left]} {tokens[pair.Right]}");
            Apply(pair, ids.TryGetValue(text, out var known) ? known : AddToken(text));
        }
    }

    private void Apply((int Left, int Right) pair, int merged)
    {
        var touched = new HashSet<(int Left, int Right)>();
        foreach (var w in places[pair].Distinct().ToArray())
        {
            var (symbols, count) = words[w];
            if (!Holds(symbols, pair))
            {
                continue;
            }
            RemovePairs(symbols, count);
            words[w] = (Joined(symbols, pair, merged), count);
            AddPairs(w, count, touched);
        }
        counts.Remove(pair);
        places.Remove(pair);
        foreach (var grown in touched)
        {
            if (counts.TryGetValue(grown, out var count))
            {
                Push(grown, count);
            }
        }
    }

    private static bool Holds(int[] symbols, (int Left, int Right) pair)
    {
        for (var i = 0; i + 1 < symbols.Length; i++)
        {
            if (symbols[i] == pair.Left && symbols[i + 1] == pair.Right)
            {
                return true;
            }
        }
        return false;
    }

    private static int[] Joined(int[] symbols, (int Left, int Right) pair, int merged)
    {
        var joined = new List<int>(symbols.Length);
        for (var i = 0; i < symbols.Length; i++)
        {
            if (i + 1 < symbols.Length && symbols[i] == pair.Left && symbols[i + 1] == pair.Right)
            {
                joined.Add(merged);
                i++;
            }
            else
            {
                joined.Add(symbols[i]);
            }
        }
        return [.. joined];
    }

    private void AddPairs(int word, long count, HashSet<(int, int)>? touched = null)
    {
        var symbols = words[word].Symbols;
        for (var i = 0; i + 1 < symbols.Length; i++)
        {
            var pair = (symbols[i], symbols[i + 1]);
            CollectionsMarshal.GetValueRefOrAddDefault(counts, pair, out _) += count;
            (CollectionsMarshal.GetValueRefOrAddDefault(places, pair, out _) ??= []).Add(word);
            touched?.Add(pair);
        }
    }

    private void RemovePairs(int[] symbols, long count)
    {
        for (var i = 0; i + 1 < symbols.Length; i++)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, (symbols[i], symbols[i + 1]), out _) -= count;
        }
    }

    private void Push((int Left, int Right) pair, long count) => heap.Enqueue(pair, (-count, pair.Left, pair.Right));

    private int AddToken(string token)
    {
        ids.Add(token, tokens.Count);
        tokens.Add(token);
        return tokens.Count - 1;
    }
}
