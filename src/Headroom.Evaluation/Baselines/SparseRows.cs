namespace Headroom.Evaluation.Baselines;

/// <summary>Feature rows that are mostly 0, in compressed form: 8 bytes for each value that is not.</summary>
public sealed class SparseRows(int columns) : FeatureRows
{
    private readonly List<int> starts = [0];
    private int[] indices = new int[1024];
    private float[] values = new float[1024];
    private int used;

    public override int Rows => starts.Count - 1;

    public override int Columns => columns;

    /// <summary>Adds a value to the row that is being written; columns come in ascending order.</summary>
    public void Add(int column, float value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)columns);
        if (used > starts[^1] && column <= indices[used - 1]) throw new ArgumentException($"Column {column} comes after {indices[used - 1]}.", nameof(column));
        if (used == indices.Length)
        {
            Array.Resize(ref indices, used * 2);
            Array.Resize(ref values, used * 2);
        }
        (indices[used], values[used]) = (column, value);
        used++;
    }

    /// <summary>Closes the row that is being written.</summary>
    public void EndRow() => starts.Add(used);

    public override void Read(int row, out ReadOnlySpan<int> columns, out ReadOnlySpan<float> values)
    {
        int start = starts[row], count = starts[row + 1] - start;
        columns = indices.AsSpan(start, count);
        values = this.values.AsSpan(start, count);
    }
}
