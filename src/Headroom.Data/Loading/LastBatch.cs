namespace Headroom.Data.Loading;

/// <summary>What becomes of the rows that do not fill a batch at the end of an epoch.</summary>
public enum LastBatch
{
    /// <summary>A smaller batch.</summary>
    Keep,

    /// <summary>None; a shuffle leaves out others the next time.</summary>
    Drop,

    /// <summary>A full batch, filled up with its last row; <see cref="Batch.Rows"/> names only the real ones.</summary>
    Pad,
}
