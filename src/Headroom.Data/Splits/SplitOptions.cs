using Headroom.Evidence;

namespace Headroom.Data.Splits;

/// <summary>How rows are divided. The three shares add up to 1; a share of 0 leaves its part out.</summary>
public sealed record SplitOptions
{
    public double Train { get; init; } = 0.8;

    public double Validation { get; init; } = 0.1;

    public double Test { get; init; } = 0.1;

    public ulong Seed { get; init; }

    public SplitBy By { get; init; } = SplitBy.Random;

    /// <summary>Whether rows with equal inputs may stand on both sides, which makes a test easier than the truth.</summary>
    public bool AllowDuplicates { get; init; }

    /// <summary>Whether only the first of the rows with equal inputs is kept: a test row that stands there twice would count twice.</summary>
    public bool Deduplicate { get; init; } = true;

    /// <summary>Refuses shares that don't add up, and wishes that contradict each other.</summary>
    /// <param name="testGiven">Whether the test has rows of its own, so that its share says nothing.</param>
    /// <param name="where">Where the options are said.</param>
    /// <exception cref="InputException">They are so.</exception>
    public void Check(bool testGiven, string where = "split")
    {
        double[] shares = testGiven ? [Train, Validation] : [Train, Validation, Test];
        if (shares.Any(s => !(s >= 0 && s <= 1)) || Train == 0 || (!testGiven && Math.Abs(shares.Sum() - 1) > 1e-9))
        {
            throw new InputException(where, $"the shares {string.Join(", ", shares)} do not divide the rows", "Give shares from 0 to 1 that add up to 1, for instance 0.8, 0.1 and 0.1.");
        }
        if (AllowDuplicates && Deduplicate)
        {
            throw new InputException(where, "'allow_duplicates' and 'deduplicate' contradict each other", "To allow duplicates, say deduplicate: false as well.");
        }
    }
}
