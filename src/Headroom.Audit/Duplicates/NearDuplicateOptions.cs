namespace Headroom.Audit.Duplicates;

/// <summary>What counts as a near duplicate, and how surely it is found.</summary>
public sealed record NearDuplicateOptions
{
    /// <summary>Words of a shingle.</summary>
    public int ShingleWords { get; init; } = 5;

    /// <summary>Jaccard index of two texts' shingles from which on they are near duplicates.</summary>
    public double Threshold { get; init; } = 0.7;

    /// <summary>Share of the pairs that lie just at the threshold that must be compared; of pairs above it more are.</summary>
    public double Recall { get; init; } = 0.985;

    /// <summary>Elements of a signature.</summary>
    public int Permutations { get; init; } = 128;

    /// <summary>Of the permutations.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads; the result is the same with any number.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
