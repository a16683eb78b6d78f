namespace Headroom.Audit.Duplicates;

/// <summary>How a signature is cut into bands: two sets are compared where they agree in all rows of any band.</summary>
/// <param name="Bands">Bands.</param>
/// <param name="Rows">Places of the signature in each.</param>
/// <remarks>Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", section 3.4.</remarks>
public readonly record struct Banding(int Bands, int Rows)
{
    // Even; of Simpson's rule.
    private const int Steps = 2000;

    /// <summary>The probability that two sets of a Jaccard index are compared.</summary>
    /// <param name="jaccard">In [0, 1].</param>
    public double Candidate(double jaccard) => 1 - Math.Pow(1 - Math.Pow(jaccard, Rows), Bands);

    /// <summary>
    /// The bands that compare at least so many of the pairs that lie just at the threshold, and so more of all above it, with the fewest comparisons in vain: the recall that is asked for is the recall that comes out.
    /// </summary>
    /// <param name="threshold">Jaccard index from which on sets are near duplicates, in (0, 1].</param>
    /// <param name="permutations">Elements of the signature.</param>
    /// <param name="recall">Of pairs at the threshold, in (0, 1).</param>
    /// <exception cref="ArgumentException">So few permutations can't reach it: says how many would.</exception>
    public static Banding For(double threshold, int permutations, double recall)
    {
        if (threshold is not (> 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "above 0, and at most 1");
        if (recall is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(recall), recall, "between 0 and 1");
        ArgumentOutOfRangeException.ThrowIfLessThan(permutations, 1);
        // More rows mean fewer comparisons in vain, so the most rows that still reach the recall are the best.
        for (int rows = permutations; rows >= 1; rows--)
        {
            var banding = new Banding(permutations / rows, rows);
            if (banding.Candidate(threshold) >= recall) return banding;
        }
        int enough = (int)Math.Ceiling(Math.Log(1 - recall) / Math.Log(1 - threshold));
        throw new ArgumentException($"{permutations} permutations compare too few of the pairs with a Jaccard index of {threshold}: {enough} are enough for a recall of {recall}", nameof(permutations));
    }

    /// <summary>The bands of the least weighted sum of both areas of error, as datasketch and text-dedup choose them. They miss many pairs near the threshold: see <see cref="Candidate"/>.</summary>
    /// <param name="threshold">Jaccard index, in [0, 1].</param>
    /// <param name="permutations">Elements of the signature.</param>
    /// <param name="falsePositives">Weight of the area below the threshold.</param>
    /// <param name="falseNegatives">Weight of the area above it.</param>
    public static (Banding Banding, double FalsePositives, double FalseNegatives) LeastArea(double threshold, int permutations, double falsePositives = 0.5, double falseNegatives = 0.5)
    {
        (Banding, double, double) best = default;
        double least = double.PositiveInfinity;
        for (int bands = 1; bands <= permutations; bands++)
        {
            for (int rows = 1; rows <= permutations / bands; rows++)
            {
                var banding = new Banding(bands, rows);
                double positive = Area(0, threshold, banding.Candidate), negative = Area(threshold, 1, s => 1 - banding.Candidate(s));
                double error = (positive * falsePositives) + (negative * falseNegatives);
                if (error < least) (least, best) = (error, (banding, positive, negative));
            }
        }
        return best;
    }

    private static double Area(double from, double to, Func<double, double> of)
    {
        double width = (to - from) / Steps, sum = of(from) + of(to);
        for (int i = 1; i < Steps; i++) sum += of(from + (i * width)) * (i % 2 == 1 ? 4 : 2);
        return sum * width / 3;
    }
}
