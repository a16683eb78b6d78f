using System.Globalization;

namespace Headroom.Evidence.Quantities;

/// <summary>An energy in joules.</summary>
public readonly record struct Joules(double Value) : IComparable<Joules>
{
    public static Joules operator +(Joules a, Joules b) => new(a.Value + b.Value);

    public static Joules operator -(Joules a, Joules b) => new(a.Value - b.Value);

    public static bool operator <(Joules a, Joules b) => a.Value < b.Value;

    public static bool operator >(Joules a, Joules b) => a.Value > b.Value;

    public static bool operator <=(Joules a, Joules b) => a.Value <= b.Value;

    public static bool operator >=(Joules a, Joules b) => a.Value >= b.Value;

    public int CompareTo(Joules other) => Value.CompareTo(other.Value);

    /// <summary>With a prefix that fits: <c>850 mJ</c>, <c>7.50 J</c>, <c>1.20 kJ</c>, <c>3.4 MJ</c>.</summary>
    public override string ToString()
    {
        double v = Math.Abs(Value);
        (double size, string unit) = v switch
        {
            >= 1e6 => (1e6, "MJ"),
            >= 1e3 => (1e3, "kJ"),
            >= 1 or 0 => (1, "J"),
            _ => (1e-3, "mJ"),
        };
        double shown = Value / size;
        return shown.ToString(Math.Abs(shown) >= 100 ? "F0" : Math.Abs(shown) >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture) + " " + unit;
    }
}
