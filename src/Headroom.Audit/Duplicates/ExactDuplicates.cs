using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Headroom.Audit.Duplicates;

/// <summary>Texts that are the same: byte by byte, or word by word where case and all but words are left out.</summary>
public static class ExactDuplicates
{
    /// <summary>Groups of the same texts, each in rising order, those with one text left out.</summary>
    /// <param name="texts">UTF-8.</param>
    /// <param name="normalise">Whether only the words count, lowered.</param>
    public static int[][] Groups(IReadOnlyList<ReadOnlyMemory<byte>> texts, bool normalise)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var byHash = new Dictionary<UInt128, List<int>>();
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        for (int i = 0; i < texts.Count; i++)
        {
            if (normalise)
            {
                var words = new ulong[WordHashes.MostWords(texts[i].Length)];
                SHA256.HashData(MemoryMarshal.AsBytes(words.AsSpan(0, WordHashes.Write(texts[i].Span, words))), digest);
            }
            else
            {
                SHA256.HashData(texts[i].Span, digest);
            }
            UInt128 key = MemoryMarshal.Read<UInt128>(digest);
            if (!byHash.TryGetValue(key, out List<int>? same)) byHash[key] = same = [];
            same.Add(i);
        }
        return [.. byHash.Values.Where(g => g.Count > 1).OrderBy(g => g[0]).Select(g => g.ToArray())];
    }
}
