namespace Headroom.Data.Splits;

/// <summary>Rows of a dataset by what they serve for, each in rising order; none is in two parts.</summary>
public sealed record Split(int[] Train, int[] Validation, int[] Test, SplitReport Report);
