namespace Headroom.Evidence;

/// <summary>Finds the name that somebody probably meant: for unknown keys, options and measurements.</summary>
/// <remarks>Edit distance with transpositions of neighbours (optimal string alignment), letters' case ignored.</remarks>
public static class NearestName
{
    private const int LongestName = 100;

    /// <summary>The candidate nearest to <paramref name="name"/>, or null when none is near: more than a third of the letters would have to change.</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(candidates);
        if (name.Length is 0 or > LongestName) return null;
        string? best = null;
        int least = int.MaxValue;
        foreach (string candidate in candidates)
        {
            int limit = Math.Max(1, Math.Max(name.Length, candidate.Length) / 3);
            if (candidate.Length > LongestName || Math.Abs(candidate.Length - name.Length) > limit) continue;
            int distance = Distance(name, candidate);
            // Where every letter would change nothing was meant.
            if (distance <= limit && distance < least && distance < Math.Max(name.Length, candidate.Length)) (best, least) = (candidate, distance);
        }
        return best;
    }

    /// <summary><c> Did you mean 'accuracy'?</c> with a leading space, or nothing.</summary>
    public static string Hint(string name, IEnumerable<string> candidates) => Find(name, candidates) is string near ? $" Did you mean '{near}'?" : "";

    /// <summary>How many letters must be put in, left out, changed or swapped with their neighbour to turn one into the other.</summary>
    public static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) d[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                bool same = Same(a[i - 1], b[j - 1]);
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1])) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }

    private static bool Same(char x, char y) => char.ToLowerInvariant(x) == char.ToLowerInvariant(y);
}
