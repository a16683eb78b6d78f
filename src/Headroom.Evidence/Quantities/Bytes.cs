using System.Globalization;

namespace Headroom.Evidence.Quantities;

/// <summary>A size in memory or on disk, in bytes; shown with binary prefixes (1 MiB = 1,048,576 bytes).</summary>
public readonly record struct Bytes(long Value) : IComparable<Bytes>
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    public static Bytes Zero => default;

    public static Bytes Mebi(double mebibytes) => new((long)(mebibytes * (1 << 20)));

    public static Bytes operator +(Bytes a, Bytes b) => new(a.Value + b.Value);

    public static Bytes operator -(Bytes a, Bytes b) => new(a.Value - b.Value);

    public static Bytes operator *(long n, Bytes b) => new(n * b.Value);

    public static bool operator <(Bytes a, Bytes b) => a.Value < b.Value;

    public static bool operator >(Bytes a, Bytes b) => a.Value > b.Value;

    public static bool operator <=(Bytes a, Bytes b) => a.Value <= b.Value;

    public static bool operator >=(Bytes a, Bytes b) => a.Value >= b.Value;

    public int CompareTo(Bytes other) => Value.CompareTo(other.Value);

    /// <summary>Reads <c>600MiB</c>, <c>1.5 GiB</c>, <c>800 MB</c> (a million bytes each) or a plain number of bytes.</summary>
    public static bool TryParse(string text, out Bytes bytes)
    {
        bytes = default;
        string trimmed = text.Trim();
        int end = trimmed.Length;
        while (end > 0 && char.IsAsciiLetter(trimmed[end - 1])) end--;
        double? unit = Unit(trimmed[end..]);
        if (unit is null || !double.TryParse(trimmed[..end].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) return false;
        double value = Math.Round(number * unit.Value);
        if (!(value < long.MaxValue)) return false;
        bytes = new Bytes((long)value);
        return true;
    }

    private static double? Unit(string name)
    {
        int binary = Array.FindIndex(Units, u => u.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (binary >= 0 || name.Length == 0) return Math.Pow(1024, Math.Max(binary, 0));
        int power = name.Length == 2 && char.ToUpperInvariant(name[1]) == 'B' ? "KMGTP".IndexOf(char.ToUpperInvariant(name[0]), StringComparison.Ordinal) : -1;
        return power < 0 ? null : Math.Pow(1000, power + 1);
    }

    /// <summary>Three significant digits and a binary unit: <c>1.30 GiB</c>.</summary>
    public override string ToString()
    {
        double v = Value;
        int unit = 0;
        while (Math.Abs(v) >= 1024 && unit < Units.Length - 1)
        {
            v /= 1024;
            unit++;
        }
        string format = unit == 0 || Math.Abs(v) >= 100 ? "F0" : Math.Abs(v) >= 10 ? "F1" : "F2";
        return v.ToString(format, CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
