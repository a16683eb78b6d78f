namespace Headroom.Graph.Operators;

/// <summary>
/// An einsum's equation over operands of known shapes: which index each axis has. Indices are numbers; those of the ellipsis come first, then the letters in the order in which they appear.
/// An axis of extent 1 is broadcast along an index of a larger extent.
/// </summary>
public sealed class EinsumEquation
{
    // Pairs are looked for among all; more operands than letters are in no use.
    private const int MostOperands = 52;

    private readonly List<long> _extents = [];
    private readonly List<char> _letters = [];
    private int _dots;

    private EinsumEquation() { }

    /// <summary>The operands' shapes.</summary>
    public IReadOnlyList<Shape> Shapes { get; private init; } = [];

    /// <summary>The index of each axis of each operand.</summary>
    public int[][] Operands { get; private init; } = [];

    /// <summary>The index of each axis of the result; those that are missing here are summed over.</summary>
    public int[] Output { get; private set; } = [];

    /// <summary>The extent of each index.</summary>
    public IReadOnlyList<long> Extents => _extents;

    /// <exception cref="GraphException">The equation is none, or doesn't fit the shapes.</exception>
    public static EinsumEquation Of(string equation, params ReadOnlySpan<Shape> shapes)
    {
        string[] sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
        string[] terms = sides[0].Split(',');
        if (sides.Length > 2) throw new GraphException($"the equation '{equation}' has several arrows");
        if (terms.Length > MostOperands) throw new GraphException($"an einsum of {terms.Length} operands; up to {MostOperands} are taken: multiply some first");
        if (terms.Length != shapes.Length) throw new GraphException($"the equation '{equation}' has {terms.Length} terms for {shapes.Length} operands");
        var e = new EinsumEquation { Shapes = shapes.ToArray(), Operands = new int[terms.Length][] };
        for (int i = 0; i < terms.Length; i++) if (Dots(terms[i], equation) >= 0) e._dots = Math.Max(e._dots, shapes[i].Rank - (terms[i].Length - 3));
        e._extents.AddRange(Enumerable.Repeat(1L, e._dots));
        for (int i = 0; i < terms.Length; i++)
        {
            int dots = Dots(terms[i], equation), letters = terms[i].Length - (dots < 0 ? 0 : 3);
            if (dots < 0 ? shapes[i].Rank != letters : shapes[i].Rank < letters) throw new GraphException($"the term '{terms[i]}' of '{equation}' doesn't fit operand {i} {shapes[i]}");
            e.Operands[i] = e.Term(terms[i], dots, shapes[i].Rank - letters, equation, known: false);
            for (int a = 0; a < shapes[i].Rank; a++) e.Meet(e.Operands[i][a], shapes[i][a], equation);
        }
        e.Output = sides.Length == 2 ? e.Term(sides[1], Dots(sides[1], equation), e._dots, equation, known: true) : e.Implied(terms);
        if (e.Output.Distinct().Count() != e.Output.Length) throw new GraphException($"the equation '{equation}' repeats an index in its result");
        return e;
    }

    /// <summary>The indices that an operand has, each once, without those along which it is broadcast.</summary>
    public int[] Indices(int operand) => [.. Operands[operand].Where((index, axis) => Shapes[operand][axis] == _extents[index]).Distinct()];

    /// <summary>
    /// How the operands are brought together, two at a time, always the pair whose product is smallest: each step names two operands (or one and -1) and the indices of what it makes,
    /// which is an operand of later steps, numbered on from the given ones. The last makes the result. An index that one operand alone has is summed over first.
    /// </summary>
    public IReadOnlyList<(int A, int B, int[] Indices)> Steps()
    {
        var steps = new List<(int A, int B, int[] Indices)>();
        List<int[]> indices = [.. Enumerable.Range(0, Operands.Length).Select(Indices)];
        List<int> left = [.. Enumerable.Range(0, Operands.Length)];
        bool Outside(int index, params ReadOnlySpan<int> but)
        {
            foreach (int o in left) if (!but.Contains(o) && indices[o].Contains(index)) return true;
            return Output.Contains(index);
        }
        int Make(int a, int b, int[] made)
        {
            steps.Add((a, b, made));
            indices.Add(made);
            left.Remove(a);
            left.Remove(b);
            left.Add(indices.Count - 1);
            return indices.Count - 1;
        }
        if (left.Count == 1)
        {
            Make(0, -1, Output);
            return steps;
        }
        foreach (int o in Enumerable.Range(0, Operands.Length))
        {
            int[] kept = [.. indices[o].Where(i => Outside(i, o))];
            if (kept.Length < indices[o].Length) Make(o, -1, kept);
        }
        while (left.Count > 1)
        {
            (int A, int B, int[] Made) best = (-1, -1, []);
            double least = double.PositiveInfinity;
            for (int i = 0; i < left.Count; i++)
            {
                for (int j = i + 1; j < left.Count; j++)
                {
                    int[] made = [.. indices[left[i]].Union(indices[left[j]]).Where(x => Outside(x, left[i], left[j]))];
                    double size = made.Aggregate(1.0, (n, x) => n * _extents[x]);
                    if (size < least) (best, least) = ((left[i], left[j], made), size);
                }
            }
            Make(best.A, best.B, left.Count == 2 ? Output : best.Made);
        }
        return steps;
    }

    /// <summary>Multiply-adds of all steps, twice.</summary>
    public double Flops()
    {
        List<int[]> indices = [.. Enumerable.Range(0, Operands.Length).Select(Indices)];
        double sum = 0;
        foreach ((int a, int b, int[] made) in Steps())
        {
            sum += (b < 0 ? indices[a] : indices[a].Union(indices[b])).Aggregate(2.0, (n, i) => n * _extents[i]);
            indices.Add(made);
        }
        return sum;
    }

    // Where a term's ellipsis stands; -1 without one.
    private static int Dots(string term, string equation)
    {
        int at = term.IndexOf("...", StringComparison.Ordinal);
        string rest = at < 0 ? term : term.Remove(at, 3);
        foreach (char c in rest) if (!char.IsAsciiLetter(c)) throw new GraphException($"the equation '{equation}' has a '{c}' where letters, commas, '->' and one '...' a term may stand");
        return at;
    }

    private int[] Term(string term, int dots, int covered, string equation, bool known)
    {
        var result = new List<int>();
        for (int i = 0; i < term.Length; i++)
        {
            if (i == dots)
            {
                for (int k = _dots - covered; k < _dots; k++) result.Add(k);
                i += 2;
                continue;
            }
            int at = _letters.IndexOf(term[i]);
            if (at < 0 && known) throw new GraphException($"the equation '{equation}' has '{term[i]}' in its result alone");
            if (at < 0)
            {
                at = _letters.Count;
                _letters.Add(term[i]);
                _extents.Add(1);
            }
            result.Add(_dots + at);
        }
        return [.. result];
    }

    private void Meet(int index, long extent, string equation)
    {
        if (extent == 1 || extent == _extents[index]) return;
        if (_extents[index] != 1) throw new GraphException($"an index of '{equation}' has the extents {_extents[index]} and {extent}");
        _extents[index] = extent;
    }

    // Without an arrow: the ellipsis, then the letters that appear once, in ASCII's order.
    private int[] Implied(string[] terms)
    {
        string all = string.Concat(terms);
        return [.. Enumerable.Range(0, _dots), .. _letters.Where(c => all.Count(x => x == c) == 1).Order().Select(c => _dots + _letters.IndexOf(c))];
    }
}
