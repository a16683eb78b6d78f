using Headroom.Evidence.Randomness;

namespace Headroom.Data.Packing;

/// <summary>Puts items of different lengths into rows of one capacity so that little of a row stays empty.</summary>
/// <remarks>
/// Best fit (Johnson 1973): each item into the fullest row that still takes it, in a shuffled order. Sorting the longest first would fill rows a little better and spoil them for training: items of one length
/// then share their rows, a batch is no longer a fair sample, and validation losses were higher after equal examples (docs/models.md, Packing).
/// </remarks>
public static class RowPacking
{
    // Streams of the seed below this mark belong to others: initialisation, dropout, the loader.
    private const ulong Stream = 0x5041_434B_0000_0000; // "PACK"

    /// <summary>Rows as lists of item numbers: each item stands in one row, once.</summary>
    /// <param name="lengths">Of the items, from 0 to <paramref name="capacity"/>.</param>
    /// <param name="capacity">Of a row.</param>
    /// <param name="most">Items of a row, at most.</param>
    /// <param name="seed">Decides who shares a row with whom.</param>
    public static IReadOnlyList<IReadOnlyList<int>> Assign(int[] lengths, int capacity, int most, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        var rows = new List<List<int>>();
        // Rows by what is still free in them.
        var open = Enumerable.Range(0, capacity + 1).Select(_ => new Stack<int>()).ToArray();
        foreach (var item in new Philox(seed, Stream).Permutation(lengths.Length))
        {
            var length = lengths[item];
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)capacity, nameof(lengths));
            var free = length;
            while (free < capacity && open[free].Count == 0)
            {
                free++;
            }
            if (!open[free].TryPop(out var row))
            {
                (row, free) = (rows.Count, capacity);
                rows.Add([]);
            }
            rows[row].Add(item);
            if (rows[row].Count < most)
            {
                open[free - length].Push(row);
            }
        }
        return rows;
    }
}
