using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Headroom.Audit.Contamination;
using Headroom.Audit.Duplicates;

namespace Headroom.Conformance.Tests.Evidence;

/// <summary>Duplicates and contamination beside datasketch, text-dedup, datatrove and brute force.</summary>
internal static partial class DuplicateChecks
{
    [VectorsOf("dedup_contamination", "minhash_signature")]
    public static void Datasketch(Vector v)
    {
        uint[] got = DatasketchSignature.Of(Texts(v.Input.GetProperty("tokens")), Unsigned(v.Input.GetProperty("a")), Unsigned(v.Input.GetProperty("b")));
        v.Same("hashvalues", Vector.Doubles(v.Look("hashvalues")), [.. got.Select(x => (double)x)]);
    }

    [VectorsOf("dedup_contamination", "jaccard")]
    public static void Jaccard(Vector v)
    {
        var shingles = new Shingles(v.Params.GetProperty("ngram").GetInt32());
        ulong[] a = shingles.Set(Bytes(v.Input.GetProperty("text_a"))), b = shingles.Set(Bytes(v.Input.GetProperty("text_b")));
        double jaccard = Shingles.Jaccard(a, b);
        v.Same("jaccard", jaccard);
        v.Same("containment_a_in_b", (double)Shingles.Shared(a, b) / a.Length);
        // Ours are other permutations: the note asks for an estimate within four standard errors.
        uint[] first = new uint[256], second = new uint[256];
        var hash = new MinHash(256);
        hash.Sign(a, first);
        hash.Sign(b, second);
        double estimate = first.Zip(second).Count(p => p.First == p.Second) / 256.0;
        if (Math.Abs(estimate - jaccard) > 4 * Math.Sqrt(jaccard * (1 - jaccard) / 256)) throw new InvalidOperationException(FormattableString.Invariant($"the estimate {estimate} is far from {jaccard}"));
        v.Look("minhash256_seed1");
    }

    [VectorsOf("dedup_contamination", "jaccard_sets")]
    public static void Sets(Vector v)
    {
        ulong[] a = Set(v.Input.GetProperty("a")), b = Set(v.Input.GetProperty("b"));
        v.Same("jaccard", Shingles.Jaccard(a, b));

        static ulong[] Set(JsonElement words) => [.. Texts(words).Select(w => WordHashes.Mixed(w.Aggregate(0UL, (h, c) => (h * 257) + c + 1))).Distinct().Order()];
    }

    [VectorsOf("dedup_contamination", "lsh_optimal_param")]
    public static void Bands(Vector v)
    {
        JsonElement i = v.Input;
        (Banding banding, double positive, double negative) = Banding.LeastArea(i.GetProperty("threshold").GetDouble(), i.GetProperty("num_perm").GetInt32(), i.GetProperty("fp_weight").GetDouble(), i.GetProperty("fn_weight").GetDouble());
        v.Same("bands", banding.Bands);
        v.Same("rows", banding.Rows);
        v.Same("fp_area", positive);
        v.Same("fn_area", negative);
        foreach (JsonProperty at in v.Look("p_candidate").EnumerateObject())
            v.Near($"p_candidate at {at.Name}", at.Value.GetDouble(), banding.Candidate(double.Parse(at.Name, CultureInfo.InvariantCulture)));
    }

    [VectorsOf("dedup_contamination", "near_duplicate_clusters")]
    public static void Near(Vector v)
    {
        double threshold = v.Params.GetProperty("threshold").GetDouble();
        ReadOnlyMemory<byte>[] docs = [.. Texts(v.Input.GetProperty("docs")).Select(d => (ReadOnlyMemory<byte>)d)];
        int words = v.Params.GetProperty("ngram").GetInt32();
        NearDuplicatePair[] pairs = new NearDuplicates(new NearDuplicateOptions { ShingleWords = words, Threshold = threshold }).Pairs(docs);
        var clusters = new Clusters(docs.Length);
        foreach (NearDuplicatePair pair in pairs) clusters.Join(pair.First, pair.Second);
        v.Same("cluster_of", Vector.Doubles(v.Look("cluster_of")), [.. clusters.All().Select(c => (double)c)]);
        var shingles = new Shingles(words);
        ulong[][] sets = [.. docs.Select(d => shingles.Set(d.Span))];
        foreach (JsonElement pair in v.Look("jaccard_pairs_over_0.05").EnumerateArray())
            v.Near("jaccard of a pair", pair[2].GetDouble(), Shingles.Jaccard(sets[pair[0].GetInt32()], sets[pair[1].GetInt32()]));
        // All that datasketch's bands bring together, and that is alike enough, is found here too.
        foreach (JsonElement pair in v.Look("datasketch_lsh_candidates_0.7").EnumerateArray())
            if (Shingles.Jaccard(sets[pair[0].GetInt32()], sets[pair[1].GetInt32()]) >= threshold && !pairs.Any(p => p.First == pair[0].GetInt32() && p.Second == pair[1].GetInt32())) throw new InvalidOperationException($"the pair {pair} isn't found");
        v.SameGroups("exact_groups_sha256", ExactDuplicates.Groups(docs, normalise: false));
        v.SameGroups("normalised_exact_groups", ExactDuplicates.Groups(docs, normalise: true));
    }

    [VectorsOf("dedup_contamination", "ngram_contamination")]
    public static void Overlap(Vector v)
    {
        var overlap = new NGramOverlap(v.Params.GetProperty("n").GetInt32());
        string items = v.Input.TryGetProperty("test", out _) ? "test" : v.Input.EnumerateObject().First(p => p.Name != "train").Name;
        foreach (byte[] item in Texts(v.Input.GetProperty(items))) overlap.AddItem(item);
        double[] drop = [.. Texts(v.Input.GetProperty("train")).Select((t, i) => (i, Shared: overlap.AddTraining(t))).Where(t => t.Shared > 0).Select(t => (double)t.i)];
        v.Same("train_docs_to_drop", Vector.Doubles(v.Look("train_docs_to_drop")), drop);
        foreach ((JsonElement expected, ItemOverlap got) in v.Look("per_item").EnumerateArray().Zip(overlap.Items()))
        {
            v.Near("ngrams", expected.GetProperty("ngrams").GetDouble(), got.NGrams);
            v.Near("hit", expected.GetProperty("hit").GetDouble(), got.Hits);
            v.Near("contaminated", expected.GetProperty("contaminated").GetBoolean() ? 1 : 0, got.Contaminated ? 1 : 0);
            v.Near("token_coverage", expected.GetProperty("token_coverage").GetDouble(), got.Coverage);
        }
    }

    [VectorsOf("dedup_contamination", "exact_substring_duplicates")]
    public static void Substrings(Vector v)
    {
        RepeatedStretch[][] got = RepeatedSubstrings.Find([.. Texts(v.Input.GetProperty("docs")).Select(d => (ReadOnlyMemory<byte>)d)], v.Params.GetProperty("min_bytes").GetInt32());
        v.SameGroups("byte_ranges", [.. got.Select(d => d.SelectMany(s => new[] { s.Start, s.End }).ToArray())], flat: true);
    }

    [VectorsOf("dedup_contamination", "simhash64")]
    public static void Fingerprints(Vector v)
    {
        int words = v.Params.GetProperty("ngram").GetInt32();
        ulong a = SimHash.Of(Runs(v.Input.GetProperty("text_a"), words)), b = SimHash.Of(Runs(v.Input.GetProperty("text_b"), words));
        if (v.Look("a").GetString() != a.ToString(CultureInfo.InvariantCulture)) throw new InvalidOperationException($"a is {a}, {v.Look("a")} is expected");
        if (v.Look("b").GetString() != b.ToString(CultureInfo.InvariantCulture)) throw new InvalidOperationException($"b is {b}, {v.Look("b")} is expected");
        v.Same("hamming", SimHash.Distance(a, b));
    }

    private static IEnumerable<byte[]> Runs(JsonElement text, int words)
    {
        string[] all = [.. NotOfWords().Split(text.GetString()!.ToLowerInvariant()).Where(w => w.Length > 0)];
        return Enumerable.Range(0, Math.Max(1, all.Length - words + 1)).Select(i => string.Join(' ', all.Skip(i).Take(words))).Distinct().Select(Encoding.UTF8.GetBytes);
    }

    private static byte[] Bytes(JsonElement text) => Encoding.UTF8.GetBytes(text.GetString()!);

    private static IEnumerable<byte[]> Texts(JsonElement list) => list.EnumerateArray().Select(Bytes);

    private static ulong[] Unsigned(JsonElement list) => [.. list.EnumerateArray().Select(x => x.ValueKind == JsonValueKind.String ? ulong.Parse(x.GetString()!, CultureInfo.InvariantCulture) : x.GetUInt64())];

    [GeneratedRegex(@"\W")]
    private static partial Regex NotOfWords();
}
