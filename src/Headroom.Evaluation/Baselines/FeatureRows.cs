namespace Headroom.Evaluation.Baselines;

/// <summary>Rows of features for a linear model, each read as the columns that are not 0 and their values.</summary>
public abstract class FeatureRows
{
    public abstract int Rows { get; }

    public abstract int Columns { get; }

    /// <summary>One row; the spans hold until the next call.</summary>
    /// <param name="row">In [0, <see cref="Rows"/>).</param>
    /// <param name="columns">Ascending, each once.</param>
    /// <param name="values">As many.</param>
    public abstract void Read(int row, out ReadOnlySpan<int> columns, out ReadOnlySpan<float> values);
}
