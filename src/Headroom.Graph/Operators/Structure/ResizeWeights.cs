namespace Headroom.Graph.Operators;

/// <summary>
/// Along one axis, the neighbours that each element of the output is made of: those of element i stand in <see cref="Sources"/> and <see cref="Factors"/> from <c>Rows[i]</c> up to <c>Rows[i + 1]</c>.
/// An element without any is extrapolated.
/// </summary>
public sealed class ResizeWeights
{
    private ResizeWeights(long from, int[] rows, int[] sources, double[] factors)
    {
        From = from;
        Rows = rows;
        Sources = sources;
        Factors = factors;
    }

    /// <summary>The extent before.</summary>
    public long From { get; }

    /// <summary>The extent after.</summary>
    public long To => Rows.Length - 1;

    public int[] Rows { get; }

    public int[] Sources { get; }

    public double[] Factors { get; }

    /// <summary>The weights of an axis; null where it stays as it is.</summary>
    internal static ResizeWeights? Of(Resize op, ResizeAxis axis)
    {
        if (axis.IsIdentity(op.Coordinates)) return null;
        double stretch = op.Antialias ? Math.Min(axis.Scale, 1) : 1, reach = (op.Mode == ResizeMode.Cubic ? 2 : 1) / stretch;
        var rows = new int[axis.To + 1];
        var sources = new List<int>();
        var factors = new List<double>();
        var row = new SortedDictionary<int, double>();
        for (long i = 0; i < axis.To; i++)
        {
            rows[i] = sources.Count;
            double at = axis.Coordinate(op.Coordinates, i), sum = 0;
            if (double.IsNaN(at)) continue;
            row.Clear();
            for (double k = Math.Floor(at - reach) + 1; k < at + reach; k++)
            {
                double factor = Kernel(op, (k - at) * stretch);
                bool outside = k < 0 || k >= axis.From;
                if (factor == 0 || (outside && op.ExcludeOutside)) continue;
                int source = (int)Math.Clamp(k, 0, axis.From - 1);
                row[source] = row.GetValueOrDefault(source) + factor;
                sum += factor;
            }
            // Without either they sum to one already.
            double scale = op.Antialias || op.ExcludeOutside ? 1 / sum : 1;
            foreach ((int source, double factor) in row)
            {
                sources.Add(source);
                factors.Add(factor * scale);
            }
        }
        rows[axis.To] = sources.Count;
        return new ResizeWeights(axis.From, rows, [.. sources], [.. factors]);
    }

    /// <summary>The way back: for each element before, the elements after that it is part of, and its weight there.</summary>
    public ResizeWeights Transposed()
    {
        var rows = new int[From + 1];
        foreach (int source in Sources) rows[source + 1]++;
        for (int i = 0; i < From; i++) rows[i + 1] += rows[i];
        int[] next = [.. rows];
        var sources = new int[Sources.Length];
        var factors = new double[Sources.Length];
        for (int i = 0; i < To; i++)
        {
            for (int k = Rows[i]; k < Rows[i + 1]; k++)
            {
                int at = next[Sources[k]]++;
                sources[at] = i;
                factors[at] = Factors[k];
            }
        }
        return new ResizeWeights(To, rows, sources, factors);
    }

    /// <summary>The weight of a neighbour at a distance: a tent, or Keys' cubic.</summary>
    private static double Kernel(Resize op, double distance)
    {
        double d = Math.Abs(distance), a = op.CubicCoefficient;
        if (op.Mode == ResizeMode.Linear) return Math.Max(0, 1 - d);
        return d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
    }
}
