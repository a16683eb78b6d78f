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
