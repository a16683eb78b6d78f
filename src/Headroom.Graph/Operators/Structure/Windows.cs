namespace Headroom.Graph.Operators;

/// <summary>Strides of the same elements seen in another shape.</summary>
internal static class Windows
{
    /// <summary>The strides under which a strided tensor is seen, row-major, in another shape of as many elements; null where only a copy gives that.</summary>
    public static long[]? Reshape(Shape from, ReadOnlySpan<long> strides, Shape to)
    {
        if (to.Elements == 0) return to.Strides();

        // Runs of axes that lie behind one another as if they were one; an axis of extent 1 joins any run.
        var runs = new List<(long Extent, long Stride)>();
        for (int i = 0; i < from.Rank; i++)
        {
            if (from[i] == 1) continue;
            if (runs.Count > 0 && runs[^1].Stride == strides[i] * from[i]) runs[^1] = (runs[^1].Extent * from[i], strides[i]);
            else runs.Add((from[i], strides[i]));
        }

        // Each run is split into the new axes, the innermost first.
        var result = new long[to.Rank];
        int run = runs.Count - 1;
        (long left, long step) = run < 0 ? (1, 1) : runs[run];
        for (int i = to.Rank - 1; i >= 0; i--)
        {
            if (to[i] != 1 && left == 1 && run > 0) (left, step) = runs[--run];
            if (left % to[i] != 0) return null;
            result[i] = step;
            left /= to[i];
            step *= to[i];
        }
        return result;
    }
}
