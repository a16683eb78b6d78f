namespace Headroom.Audit.Labels;

/// <summary>
/// Which given labels are likely wrong, by out-of-sample probabilities: a row counts for the class whose probability passes that class's own mean over rows that bear it. One pass over the probabilities, and a sort of those rows that are doubted.
/// </summary>
/// <remarks>Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels" (JAIR 70, 2021; arXiv:1911.00068), with the rounding and tie rules of its authors' implementation, so that figures can be held against it.</remarks>
public sealed class ConfidentLearning
{
    // Probabilities that differ by less are taken for equal.
    private const double Tolerance = 1e-6;
    private readonly int[] _labels, _guess;
    private readonly double[] _probabilities;
    private readonly int _classes;

    /// <summary>Counts.</summary>
    /// <param name="labels">Given, from 0.</param>
    /// <param name="probabilities">Rows by classes, each row out of a model that wasn't trained on it.</param>
    /// <param name="classes">How many.</param>
    /// <exception cref="ArgumentException">Lengths don't fit, or a label is none of the classes.</exception>
    public ConfidentLearning(int[] labels, double[] probabilities, int classes)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(probabilities);
        LabelQuality.Check(labels, probabilities, classes);
        (_labels, _probabilities, _classes) = (labels, probabilities, classes);
        (Counts, Thresholds) = Means();
        _guess = new int[labels.Length];
        Uncalibrated = CountGuesses();
        Joint = Calibrated();
    }

    /// <summary>Rows that bear each label.</summary>
    public int[] Counts { get; }

    /// <summary>Of each class, the mean of its probability over the rows that bear it: above it a row is confidently of the class. Infinite of a class that no row bears.</summary>
    public double[] Thresholds { get; }

    /// <summary>Rows by given and by confident class, as counted; at least 1 where both are the same.</summary>
    public int[,] Uncalibrated { get; }

    /// <summary>The same, scaled so that given labels sum to what they are: the confident joint.</summary>
    public int[,] Joint { get; }

    /// <summary>Whether the likeliest class is the given one; ties count for it.</summary>
    private bool Agrees(int row) => Likeliest(row, favoured: _labels[row]) == _labels[row];

    /// <summary>Rows whose labels are likely wrong by a rule, in rising order.</summary>
    /// <param name="rule">The rule.</param>
    public int[] Issues(LabelIssueRule rule)
    {
        bool[] doubted = rule switch
        {
            LabelIssueRule.NoiseRate => ByNoiseRate(),
            LabelIssueRule.Class => ByClass(),
            LabelIssueRule.Both => [.. ByNoiseRate().Zip(ByClass(), (a, b) => a && b)],
            LabelIssueRule.ConfidentLearning => [.. _guess.Select((g, i) => g >= 0 && g != _labels[i])],
            LabelIssueRule.PredictedOther => [.. _labels.Select(_ => true)],
            LabelIssueRule.LowSelfConfidence => Lowest(LabelQuality.SelfConfidence(_labels, _probabilities, _classes)),
            _ => Lowest(LabelQuality.NormalisedMargin(_labels, _probabilities, _classes)),
        };
        // A label that the model itself would give is never called wrong.
        List<int> issues = [];
        for (int i = 0; i < doubted.Length; i++) if (doubted[i] && !Agrees(i)) issues.Add(i);
        return [.. issues];
    }

    /// <summary>Rows of a rule, the least likely label first.</summary>
    /// <param name="rule">The rule.</param>
    public int[] Ranked(LabelIssueRule rule = LabelIssueRule.NoiseRate) => [.. Issues(rule).OrderBy(i => _probabilities[(i * _classes) + _labels[i]]).ThenBy(i => i)];

    /// <summary>Share of the labels that are likely right.</summary>
    public double Health => _labels.Length == 0 ? 1 : 1 - ((double)Issues(LabelIssueRule.ConfidentLearning).Length / _labels.Length);

    /// <summary>The classes, the worst labelled first.</summary>
    public IReadOnlyList<ClassNoise> ClassesByQuality()
    {
        double rows = _labels.Length;
        return [.. Enumerable.Range(0, _classes).Select(c =>
        {
            double given = 0, truth = 0;
            for (int other = 0; other < _classes; other++) (given, truth) = (given + (Joint[c, other] / rows), truth + (Joint[other, c] / rows));
            double right = Joint[c, c] / rows;
            return new ClassNoise(c, Whole((given - right) * rows), Whole((truth - right) * rows), given > 0 ? (given - right) / given : 0, truth > 0 ? (truth - right) / truth : 0);
        }).OrderBy(c => c.Quality)];

        static int Whole(double x) => (int)Math.Round(x, MidpointRounding.ToEven);
    }

    private (int[] Counts, double[] Thresholds) Means()
    {
        var counts = new int[_classes];
        var sums = new double[_classes];
        for (int i = 0; i < _labels.Length; i++)
        {
            counts[_labels[i]]++;
            sums[_labels[i]] += _probabilities[(i * _classes) + _labels[i]];
        }
        return (counts, [.. sums.Select((s, c) => counts[c] == 0 ? double.PositiveInfinity : Math.Max(s / counts[c], 2 * Tolerance))]);
    }

    private int[,] CountGuesses()
    {
        var joint = new int[_classes, _classes];
        double[] bounds = [.. Thresholds.Select(t => t - Tolerance)];
        for (int i = 0; i < _labels.Length; i++)
        {
            ReadOnlySpan<double> row = _probabilities.AsSpan(i * _classes, _classes);
            int first = -1, best = 0, passing = 0;
            for (int c = 0; c < row.Length; c++)
            {
                if (row[c] >= bounds[c])
                {
                    if (passing++ == 0) first = c;
                }
                if (row[c] > row[best]) best = c;
            }
            _guess[i] = passing > 1 ? best : first;
            if (passing > 0) joint[_labels[i], _guess[i]]++;
        }
        for (int c = 0; c < _classes; c++) joint[c, c] = Math.Max(joint[c, c], 1);
        return joint;
    }

    private int[,] Calibrated()
    {
        var scaled = new double[_classes, _classes];
        double all = 0;
        for (int g = 0; g < _classes; g++)
        {
            double row = 0;
            for (int t = 0; t < _classes; t++) row += Uncalibrated[g, t];
            for (int t = 0; t < _classes; t++) all += scaled[g, t] = Uncalibrated[g, t] / row * Counts[g];
        }
        if (all > 0) for (int g = 0; g < _classes; g++) for (int t = 0; t < _classes; t++) scaled[g, t] = scaled[g, t] / all * _labels.Length;
        return WholeNumbers.KeepingRowSums(scaled);
    }

    // By true class and given class: how many of the latter are to be doubted. A row of each class stays.
    private int[,] ToPrune()
    {
        var counts = new double[_classes, _classes];
        for (int t = 0; t < _classes; t++) for (int g = 0; g < _classes; g++) counts[t, g] = Joint[g, t];
        for (int g = 0; g < _classes; g++)
        {
            double short_ = Math.Max(counts[g, g], 1) - counts[g, g];
            int rates = 0;
            for (int t = 0; t < _classes; t++) rates += counts[t, g] != 0 ? 1 : 0;
            double less = short_ / Math.Max(rates - 1, 1);
            for (int t = 0; t < _classes; t++) counts[t, g] = t == g ? Math.Max(counts[g, g], 1) : Math.Max(0, counts[t, g] - less);
        }
        return WholeNumbers.KeepingRowSums(counts);
    }

    private bool[] ByNoiseRate()
    {
        var doubted = new bool[_labels.Length];
        int[,] prune = ToPrune();
        // Margins that speak against a label are few, and mostly more than are to be doubted: then no other row need be looked at.
        List<(double Margin, int Row)>[,] against = Against();
        int[][]? rows = null;
        for (int given = 0; given < _classes; given++)
        {
            for (int truth = 0; truth < _classes; truth++)
            {
                int number = Math.Min(prune[truth, given], Counts[given]);
                if (truth == given || number == 0 || Counts[given] <= 1) continue;
                List<(double Margin, int Row)> some = against[given, truth];
                if (some.Count < number) some = [.. (rows ??= RowsByLabel())[given].Select(i => (_probabilities[(i * _classes) + truth] - _probabilities[(i * _classes) + given], i))];
                double cut = Ordered([.. some.Select(s => s.Margin)])[^number];
                foreach ((double margin, int row) in some) if (margin >= cut) doubted[row] = true;
            }
        }
        return doubted;
    }

    private List<(double Margin, int Row)>[,] Against()
    {
        var against = new List<(double, int)>[_classes, _classes];
        for (int g = 0; g < _classes; g++) for (int t = 0; t < _classes; t++) against[g, t] = [];
        for (int i = 0; i < _labels.Length; i++)
        {
            ReadOnlySpan<double> row = _probabilities.AsSpan(i * _classes, _classes);
            double own = row[_labels[i]];
            for (int c = 0; c < row.Length; c++) if (row[c] > own) against[_labels[i], c].Add((row[c] - own, i));
        }
        return against;
    }

    private bool[] ByClass()
    {
        var doubted = new bool[_labels.Length];
        int[,] prune = ToPrune();
        int[][] rows = RowsByLabel();
        for (int given = 0; given < _classes; given++)
        {
            int number = Counts[given] - prune[given, given];
            if (Counts[given] <= 1 || number <= 0 || number >= rows[given].Length) continue;
            double[] own = [.. rows[given].Select(i => _probabilities[(i * _classes) + given])];
            double cut = Ordered(own)[number];
            for (int k = 0; k < own.Length; k++) if (own[k] < cut) doubted[rows[given][k]] = true;
        }
        return doubted;
    }

    private bool[] Lowest(double[] scores)
    {
        var doubted = new bool[scores.Length];
        int[] order = [.. Enumerable.Range(0, scores.Length).OrderBy(i => scores[i])];
        foreach (int i in order.Take(Issues(LabelIssueRule.ConfidentLearning).Length)) doubted[i] = true;
        return doubted;
    }

    private int[][] RowsByLabel()
    {
        int[][] rows = [.. Counts.Select(c => new int[c])];
        var at = new int[_classes];
        for (int i = 0; i < _labels.Length; i++) rows[_labels[i]][at[_labels[i]]++] = i;
        return rows;
    }

    private int Likeliest(int row, int favoured)
    {
        ReadOnlySpan<double> p = _probabilities.AsSpan(row * _classes, _classes);
        int best = 0;
        for (int c = 1; c < p.Length; c++) if (p[c] + (c == favoured ? Tolerance : 0) > p[best] + (best == favoured ? Tolerance : 0)) best = c;
        return best;
    }

    private static double[] Ordered(double[] values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted;
    }
}
