namespace Headroom.Data.Columns;

/// <summary>One value of a row, as its column's kind reads it.</summary>
public readonly struct Cell
{
    private readonly object? reference;
    private readonly long bits;

    private Cell(object? reference, long bits) => (this.reference, this.bits) = (reference, bits);

    public string? Text => (string?)reference;

    public double Number => BitConverter.Int64BitsToDouble(bits);

    /// <summary>A whole number, or the ticks of a moment.</summary>
    public long Integer => bits;

    public Pixels? Image => (Pixels?)reference;

    public static Cell Of(string? text) => new(text, 0);

    public static Cell Of(double number) => new(null, BitConverter.DoubleToInt64Bits(number));

    public static Cell Of(long integer) => new(null, integer);

    public static Cell Of(Pixels image) => new(image, 0);
}
