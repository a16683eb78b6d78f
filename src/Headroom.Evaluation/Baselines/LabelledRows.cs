namespace Headroom.Evaluation.Baselines;

/// <summary>Feature rows with their classes.</summary>
public sealed record LabelledRows
{
    /// <exception cref="ArgumentException">There is not one label a row.</exception>
    public LabelledRows(FeatureRows features, int[] labels)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(labels);
        if (features.Rows != labels.Length) throw new ArgumentException($"{labels.Length} labels for {features.Rows} rows.", nameof(labels));
        (Features, Labels) = (features, labels);
    }

    public FeatureRows Features { get; }

    /// <summary><c>[rows]</c></summary>
    public int[] Labels { get; }

    /// <summary>The named rows, in that order; features are not copied.</summary>
    public LabelledRows Take(int[] rows) => new(new Chosen(Features, rows), [.. rows.Select(r => Labels[r])]);

    private sealed class Chosen(FeatureRows features, int[] rows) : FeatureRows
    {
        public override int Rows => rows.Length;

        public override int Columns => features.Columns;

        public override void Read(int row, out ReadOnlySpan<int> columns, out ReadOnlySpan<float> values) => features.Read(rows[row], out columns, out values);
    }
}
