using System.Globalization;
using System.Text;
using Headroom.Evidence;
using Headroom.Evidence.Quantities;

namespace Headroom.Cli.Report;

/// <summary>Numbers as a reader wants them. What is null or no number is a dash.</summary>
internal static class Show
{
    public const string Nothing = "–";
    private const string Minus = "−";

    /// <summary>With commas: <c>60,214</c>.</summary>
    public static string Count(long value) => Signed(value.ToString("N0", CultureInfo.InvariantCulture));

    /// <summary>In at most five characters: <c>60k</c>.</summary>
    public static string Small(long count) => count switch
    {
        < 10_000 => count.ToString(CultureInfo.InvariantCulture),
        < 1_000_000 => $"{count / 1000}k",
        < 1_000_000_000 => $"{count / 1_000_000}M",
        < 10_000_000_000_000 => $"{count / 1_000_000_000}G",
        _ => count.ToString("0e0", CultureInfo.InvariantCulture),
    };

    public static string Rows(long rows) => Count(rows) + (rows == 1 ? " row" : " rows");

    /// <summary>Four significant digits, whole numbers in full.</summary>
    public static string Number(double? value)
    {
        if (value is not double v || !double.IsFinite(v)) return Nothing;
        double size = Math.Abs(v);
        string text = size switch
        {
            0 => "0",
            >= 1e15 or < 1e-4 => v.ToString("0.###e0", CultureInfo.InvariantCulture),
            >= 1000 => v.ToString(v == Math.Round(v) || size >= 1e5 ? "N0" : "N1", CultureInfo.InvariantCulture),
            _ => v.ToString("0." + new string('#', Math.Max(0, 3 - (int)Math.Floor(Math.Log10(size)))), CultureInfo.InvariantCulture),
        };
        return Signed(text);
    }

    /// <summary>A fraction with four decimals, as scores are compared: <c>0.9123</c>.</summary>
    public static string Fraction(double? value) => value is double v && double.IsFinite(v)
        ? Math.Abs(v) < 1e4 ? Signed(v.ToString("0.0000", CultureInfo.InvariantCulture)) : Number(v)
        : Nothing;

    public static string Percent(double? value, int decimals = 1) => value is double v && double.IsFinite(v)
        ? Signed((100 * v).ToString("N" + decimals, CultureInfo.InvariantCulture)) + " %"
        : Nothing;

    /// <summary>A measured value in its unit, the unit behind it where the number alone does not say it.</summary>
    public static string Value(double value, string unit) => !double.IsFinite(value) ? Nothing : unit switch
    {
        "bytes" when Math.Abs(value) < 1e18 => new Bytes((long)value).ToString(),
        "seconds" when Math.Abs(value) < 1e12 => new Seconds(value).ToString(),
        "flops" or "flop" => new Flops(value).ToString(),
        "fraction" => Fraction(value),
        _ => Number(value),
    };

    /// <summary>The unit where <see cref="Value"/> does not show it.</summary>
    public static string Unit(string unit) => unit is "bytes" or "seconds" or "flops" or "flop" or "fraction" or "ratio" ? "" : unit;

    /// <summary>As <c>0.905 to 0.919</c>; an unbounded end says so.</summary>
    public static string Interval(Interval? interval, Func<double, string> each) => interval switch
    {
        null => Nothing,
        { Low: var low, High: var high } when double.IsFinite(low) && double.IsFinite(high) => $"{each(low)} to {each(high)}",
        { Low: var low } when double.IsFinite(low) => "at least " + each(low),
        { High: var high } when double.IsFinite(high) => "at most " + each(high),
        _ => "unbounded",
    };

    /// <summary>Exact bytes behind the rounded ones: <c>1.30 GiB (1,395,864,371 bytes)</c>.</summary>
    public static string Exactly(double bytes) => Math.Abs(bytes) < 1e18 ? $"{new Bytes((long)bytes)} ({Count((long)bytes)} bytes)" : Value(bytes, "bytes");

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    /// <summary>A name that fits: its middle is left out, since names of one family begin alike, and wide characters count two.</summary>
    public static string Short(string name, int width)
    {
        Rune[] runes = [.. name.EnumerateRunes()];
        if (runes.Sum(Width) <= width) return name;
        int tail = (width - 1) / 2;
        string front = Take(runes, width - 1 - tail), back = Take(runes.Reverse(), tail);
        return front + "…" + string.Concat(back.EnumerateRunes().Reverse());
    }

    /// <summary>About how many columns a text takes.</summary>
    public static int Width(string text) => text.EnumerateRunes().Sum(Width);

    private static int Width(Rune rune) => rune.Value >= 0x1100 && rune.Value is not (>= 0x2000 and < 0x2E80) ? 2 : 1;

    private static string Take(IEnumerable<Rune> runes, int width)
    {
        StringBuilder result = new();
        foreach (Rune rune in runes)
        {
            width -= Width(rune);
            if (width < 0) break;
            result.Append(rune.ToString());
        }
        return result.ToString();
    }

    private static string Signed(string text) => text.StartsWith('-') ? Minus + text[1..] : text;
}
