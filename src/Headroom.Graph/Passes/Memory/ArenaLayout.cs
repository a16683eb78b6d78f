namespace Headroom.Graph.Passes;

/// <summary>Gives buffers offsets in one arena so that no two that live at the same time overlap: largest first, each into the tightest gap that holds it.</summary>
/// <remarks>Pisarchyk and Lee, arXiv:2001.03288, section 5.2 ("greedy by size for offset calculation").</remarks>
public static class ArenaLayout
{
    /// <summary>Every offset is a multiple of this: a cache line, and a full AVX-512 register.</summary>
    public const int Alignment = 64;

    public static long Align(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    /// <summary>Sets the offsets of the arena's buffers, in place.</summary>
    /// <returns>The arena's size in bytes.</returns>
    public static long Place(IList<PlannedBuffer> buffers)
    {
        var placed = new List<PlannedBuffer>();
        long size = 0;
        foreach (PlannedBuffer b in buffers.Where(b => b.Kind == BufferKind.Arena).OrderByDescending(b => b.Bytes).ThenBy(b => b.First).ThenBy(b => b.Id).ToList())
        {
            long offset = BestGap(placed.Where(b.Overlaps).OrderBy(p => p.Offset), Align(b.Bytes));
            PlannedBuffer at = b with { Offset = offset };
            placed.Add(at);
            buffers[b.Id] = at;
            size = Math.Max(size, offset + Align(b.Bytes));
        }
        return size;
    }

    private static long BestGap(IEnumerable<PlannedBuffer> neighbours, long bytes)
    {
        long end = 0, best = -1, bestGap = long.MaxValue;
        foreach (PlannedBuffer n in neighbours)
        {
            long gap = n.Offset - end;
            if (gap >= bytes && gap < bestGap) (best, bestGap) = (end, gap);
            end = Math.Max(end, n.Offset + Align(n.Bytes));
        }
        return best >= 0 ? best : end;
    }
}
