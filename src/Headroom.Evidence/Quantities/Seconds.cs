using System.Globalization;

namespace Headroom.Evidence.Quantities;

/// <summary>A duration in seconds.</summary>
public readonly record struct Seconds(double Value) : IComparable<Seconds>
{
    public static Seconds operator +(Seconds a, Seconds b) => new(a.Value + b.Value);

    public static Seconds operator -(Seconds a, Seconds b) => new(a.Value - b.Value);

    public static bool operator <(Seconds a, Seconds b) => a.Value < b.Value;

    public static bool operator >(Seconds a, Seconds b) => a.Value > b.Value;

    public static bool operator <=(Seconds a, Seconds b) => a.Value <= b.Value;

    public static bool operator >=(Seconds a, Seconds b) => a.Value >= b.Value;

    public int CompareTo(Seconds other) => Value.CompareTo(other.Value);

    /// <summary>A unit that fits: <c>310 us</c>, <c>5.2 ms</c>, <c>1.35 s</c>, <c>2 min 05 s</c>, <c>3 h 20 min</c>.</summary>
    public override string ToString()
    {
        CultureInfo c = CultureInfo.InvariantCulture;
        double v = Math.Abs(Value);
        string sign = Value < 0 ? "-" : "";
        if (double.IsNaN(v) || double.IsInfinity(v)) return Value.ToString(c) + " s";
        if (v < 1e-3) return sign + (v * 1e6).ToString("F0", c) + " us";
        if (v < 1) return sign + (v * 1e3).ToString(v < 0.01 ? "F1" : "F0", c) + " ms";
        if (v < 59.95) return sign + v.ToString(v < 10 ? "F2" : "F1", c) + " s";
        long whole = (long)Math.Round(v);
        return whole < 3600
            ? string.Create(c, $"{sign}{whole / 60} min {whole % 60:00} s")
            : string.Create(c, $"{sign}{whole / 3600} h {whole % 3600 / 60:00} min");
    }
}
