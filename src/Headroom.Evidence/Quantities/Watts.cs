using System.Globalization;

namespace Headroom.Evidence.Quantities;

/// <summary>A power in watts.</summary>
public readonly record struct Watts(double Value) : IComparable<Watts>
{
    public static Watts operator +(Watts a, Watts b) => new(a.Value + b.Value);

    public static Watts operator -(Watts a, Watts b) => new(a.Value - b.Value);

    public static bool operator <(Watts a, Watts b) => a.Value < b.Value;

    public static bool operator >(Watts a, Watts b) => a.Value > b.Value;

    public static bool operator <=(Watts a, Watts b) => a.Value <= b.Value;

    public static bool operator >=(Watts a, Watts b) => a.Value >= b.Value;

    public int CompareTo(Watts other) => Value.CompareTo(other.Value);

    /// <summary>With a prefix that fits: <c>850 mW</c>, <c>7.50 W</c>, <c>1.20 kW</c>, <c>3.4 MW</c>.</summary>
    public override string ToString()
    {
        double v = Math.Abs(Value);
        (double size, string unit) = v switch
        {
            >= 1e6 => (1e6, "MW"),
            >= 1e3 => (1e3, "kW"),
            >= 1 or 0 => (1, "W"),
            _ => (1e-3, "mW"),
        };
        double shown = Value / size;
        return shown.ToString(Math.Abs(shown) >= 100 ? "F0" : Math.Abs(shown) >= 10 ? "F1" : "F2", CultureInfo.InvariantCulture) + " " + unit;
    }
}
