namespace Headroom.Graph.Models;

/// <summary>What the options of several families have to fulfil; each refusal says what would be right.</summary>
internal static class OptionChecks
{
    /// <exception cref="GraphException">An extent is 0 or less.</exception>
    public static void Positive(string family, params ReadOnlySpan<(string Name, long Value)> extents)
    {
        foreach ((string name, long value) in extents) if (value < 1) throw new GraphException($"{family}: {name} is {value}; 1 or more is needed");
    }

    /// <exception cref="GraphException">The part doesn't divide the whole; its nearest divisors are named.</exception>
    public static void Divides(string family, string part, long by, string whole, long of)
    {
        if (of % by == 0) return;
        long below = Math.Min(by, of), above = by;
        while (of % below != 0) below--;
        while (above < of && of % above != 0) above++;
        throw new GraphException($"{family}: {part} is {by}, which doesn't divide {whole}, {of}; {(above > by && of % above == 0 ? $"{below} or {above} would" : $"{below} would")}");
    }

    /// <exception cref="GraphException">A probability isn't in [0, 1).</exception>
    public static void Probability(string family, string name, double value)
    {
        if (!(value is >= 0 and < 1)) throw new GraphException($"{family}: {name} is {value}; a probability from 0 to less than 1 is needed");
    }

    /// <exception cref="GraphException">Rows would be longer than the table of positions.</exception>
    public static void Fits(string family, long length, long positions)
    {
        if (length > positions) throw new GraphException($"{family}: rows of {length} tokens meet a table of {positions} positions; shorten Length or give Positions {length}");
    }
}
