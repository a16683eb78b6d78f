using System.Globalization;

namespace Headroom.Evidence.Quantities;

/// <summary>A count of floating-point operations; a multiply-add counts two. Shown with decimal prefixes (1 GFLOP = 10⁹).</summary>
public readonly record struct Flops(double Value) : IComparable<Flops>
{
    private static readonly string[] Units = ["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP", "ZFLOP"];

    public static Flops operator +(Flops a, Flops b) => new(a.Value + b.Value);

    public static bool operator <(Flops a, Flops b) => a.Value < b.Value;

    public static bool operator >(Flops a, Flops b) => a.Value > b.Value;

    public static bool operator <=(Flops a, Flops b) => a.Value <= b.Value;

    public static bool operator >=(Flops a, Flops b) => a.Value >= b.Value;

    public int CompareTo(Flops other) => Value.CompareTo(other.Value);

    public override string ToString()
    {
        double v = Value;
        int unit = 0;
        while (Math.Abs(v) >= 1000 && unit < Units.Length - 1)
        {
            v /= 1000;
            unit++;
        }
        return v.ToString(Math.Abs(v) >= 100 || unit == 0 ? "F0" : "F2", CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
