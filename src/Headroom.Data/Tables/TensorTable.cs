namespace Headroom.Data.Tables;

/// <summary>Named tensors over the same rows: what a loader draws batches from.</summary>
public sealed class TensorTable
{
    private readonly FieldSource[] sources;

    /// <exception cref="ArgumentException">There is no field, two bear one name, or their rows differ.</exception>
    public TensorTable(params IEnumerable<FieldSource> sources)
    {
        this.sources = [.. sources];
        if (this.sources.Length == 0 || this.sources.Any(s => s.Rows != this.sources[0].Rows) || this.sources.Select(s => s.Field.Name).Distinct().Count() != this.sources.Length)
        {
            throw new ArgumentException("Fields of a table have the same rows and different names: " + string.Join(", ", this.sources.Select(s => $"{s.Field.Name} ({s.Rows} rows)")), nameof(sources));
        }
        Fields = [.. this.sources.Select(s => s.Field)];
    }

    public IReadOnlyList<Field> Fields { get; }

    public int Rows => sources[0].Rows;

    /// <summary>The place of a field by its name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public int IndexOf(string name)
    {
        var index = Array.FindIndex(sources, s => s.Field.Name == name);
        return index >= 0 ? index : throw new ArgumentException($"There is no field '{name}'; the fields are {NameList.Of([.. Fields.Select(f => f.Name)])}.", nameof(name));
    }

    /// <summary>The values of a field.</summary>
    public FieldSource this[string name] => sources[IndexOf(name)];

    /// <summary>Writes the named rows of a field, one after another; see <see cref="FieldSource.CopyRows"/>.</summary>
    public void CopyRows(ReadOnlySpan<int> rows, int field, Span<byte> destination) => sources[field].CopyRows(rows, destination);
}
