namespace Headroom.Data.Readers;

/// <summary>Values separated by tabs; a quote is a character like any other unless <see cref="Quotes"/> is set.</summary>
[Reader("tsv")]
public sealed class TsvReader : DelimitedReader
{
    /// <inheritdoc/>
    public override string Separator { get; init; } = "\t";

    /// <inheritdoc/>
    public override bool Quotes { get; init; }
}
