using System.Globalization;

namespace Headroom.Data.Columns;

/// <summary>Whole numbers or moments (UTC ticks); <see cref="Missing"/> where missing.</summary>
public sealed class IntegerColumn(ColumnSpec spec) : ColumnOf<long>(spec)
{
    public const long Missing = long.MinValue;

    public override string? Show(int row) => Values[row] switch
    {
        Missing => null,
        var ticks when Spec.Kind == ColumnKind.Time => new DateTime(ticks, DateTimeKind.Utc).ToString("O", CultureInfo.InvariantCulture),
        var value => value.ToString(CultureInfo.InvariantCulture),
    };

    public override void AddTo(HashWriter hash, int row) => hash.Add(Values[row]);

    internal override void Append(in Cell cell, in Origin origin) => Items.Add(cell.Integer);

    private protected override ColumnOf<long> Empty() => new IntegerColumn(Spec);
}
