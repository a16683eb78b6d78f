namespace Headroom.Data.Loading;

/// <summary>Where a loader stands: <paramref name="Index"/> batches of <paramref name="Epoch"/> have been given out. With seed and rows it tells all batches to come.</summary>
public readonly record struct LoaderPosition(int Epoch, int Index);
