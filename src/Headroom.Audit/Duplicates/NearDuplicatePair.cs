namespace Headroom.Audit.Duplicates;

/// <summary>Two texts whose shingles are alike enough, by exact count.</summary>
/// <param name="First">The earlier, from 0.</param>
/// <param name="Second">The later.</param>
/// <param name="Jaccard">Shared shingles by all shingles of both.</param>
public readonly record struct NearDuplicatePair(int First, int Second, double Jaccard);
