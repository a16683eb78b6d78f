using Headroom.Planning.Models;

namespace Headroom.Planning.Search;

/// <summary>How a transformer can be cut, and why not otherwise.</summary>
public static class LayoutRules
{
    /// <summary>Why a matrix can't be shared by so many accelerators; null where it can.</summary>
    /// <param name="m">The model.</param>
    /// <param name="tensor">Accelerators.</param>
    public static string? TensorProblem(TransformerShape m, int tensor)
    {
        if (m.Heads % tensor != 0) return $"{m.Heads} heads can't be shared evenly by {tensor} accelerators: {Choices(m.Heads)}";
        // Fewer key heads than accelerators are copied, as every engine does, if each then has one.
        if (m.KeyValueHeads % tensor != 0 && tensor % m.KeyValueHeads != 0) return $"{m.KeyValueHeads} key and value heads can't be shared evenly by {tensor} accelerators: {Choices(m.KeyValueHeads)}";
        int width = m.Experts > 0 && m.ExpertWidth > 0 ? m.ExpertWidth : m.Intermediate;
        return width % tensor != 0 ? $"feed-forward networks of {width} can't be shared evenly by {tensor} accelerators" : null;
    }

    /// <summary>Why layers can't be cut into so many stages; null where they can.</summary>
    /// <param name="m">The model.</param>
    /// <param name="stages">Of the pipeline.</param>
    public static string? StageProblem(TransformerShape m, int stages) => m.Layers % stages != 0 ? $"{m.Layers} layers can't be cut into {stages} equal stages: {Choices(m.Layers)}" : null;

    /// <summary>Divisors, smallest first.</summary>
    /// <param name="n">1 or more.</param>
    /// <param name="most">None above it.</param>
    public static int[] Divisors(long n, int most = int.MaxValue)
    {
        var below = new List<int>();
        var above = new Stack<int>();
        for (long d = 1; d * d <= n; d++)
        {
            if (n % d != 0) continue;
            if (d <= most) below.Add((int)d);
            if (d * d != n && n / d <= most) above.Push((int)(n / d));
        }
        return [.. below, .. above];
    }

    private static string Choices(int n) => $"give a divisor of {n}, such as {string.Join(", ", Divisors(n).Where(d => d > 1).Take(4))}";
}
