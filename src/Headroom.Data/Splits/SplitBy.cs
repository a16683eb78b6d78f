namespace Headroom.Data.Splits;

/// <summary>What decides on which side a row falls.</summary>
public enum SplitBy
{
    /// <summary>The hash of its inputs with the seed: rows that are added later move none of the others.</summary>
    Random,

    /// <summary>The hash of its group with the seed: a group stays together.</summary>
    Group,

    /// <summary>Its time: training rows are the earliest, test rows the latest.</summary>
    Time,
}
