namespace Headroom.Data.Readers;

/// <summary>Values separated by commas (or what <see cref="Separator"/> says).</summary>
[Reader("csv")]
public sealed class CsvReader : DelimitedReader
{
    /// <inheritdoc/>
    public override string Separator { get; init; } = ",";

    /// <inheritdoc/>
    public override bool Quotes { get; init; } = true;
}
