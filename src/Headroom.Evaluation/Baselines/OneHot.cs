namespace Headroom.Evaluation.Baselines;

/// <summary>A category as one column for each name that the training rows hold, and one for a missing or a new name.</summary>
public sealed class OneHot
{
    private readonly Dictionary<string, int> columns = new(StringComparer.Ordinal);

    public OneHot(IEnumerable<string?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (string? value in values)
        {
            if (value is not null) columns.TryAdd(value, columns.Count + 1);
        }
    }

    public int Columns => columns.Count + 1;

    /// <summary>Adds the value to the row that is being written, from <paramref name="offset"/> on.</summary>
    public void Add(string? value, SparseRows rows, int offset)
    {
        ArgumentNullException.ThrowIfNull(rows);
        rows.Add(offset + (value is null ? 0 : columns.GetValueOrDefault(value)), 1);
    }
}
