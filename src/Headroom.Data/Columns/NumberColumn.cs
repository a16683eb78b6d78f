using System.Globalization;

namespace Headroom.Data.Columns;

/// <summary>Numbers; NaN where missing.</summary>
public sealed class NumberColumn(ColumnSpec spec) : ColumnOf<double>(spec)
{
    public override string? Show(int row) => double.IsNaN(Values[row]) ? null : Values[row].ToString("R", CultureInfo.InvariantCulture);

    // Minus zero equals zero, and every NaN is the one missing value.
    public override void AddTo(HashWriter hash, int row)
    {
        var value = Values[row];
        hash.Add(BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value == 0 ? 0.0 : value));
    }

    internal override void Append(in Cell cell, in Origin origin) => Items.Add(cell.Number);

    private protected override ColumnOf<double> Empty() => new NumberColumn(Spec);
}
