using System.Globalization;
using Headroom.Evidence;

namespace Headroom.Cli.Planning;

/// <summary>Counts as people write them: <c>15T</c>, <c>1.5B</c>, <c>20k</c>, <c>4,096</c>, <c>4_096</c>.</summary>
internal static class CountText
{
    private const string Letters = "kMBT";

    /// <param name="text">What was typed.</param>
    /// <param name="where">The option, for the message.</param>
    /// <param name="what">What is counted, in the plural.</param>
    /// <exception cref="InputException">It is no whole number above zero.</exception>
    public static long Read(string text, string where, string what)
    {
        string plain = text.Trim().Replace(",", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
        double unit = 1;
        if (plain is [.., char last] && char.IsAsciiLetter(last))
        {
            // G is a billion too; m is taken for a million, since nobody counts in thousandths.
            int power = Letters.IndexOf(last is 'm' ? 'M' : last is 'G' or 'g' or 'b' ? 'B' : last is 't' ? 'T' : last is 'K' ? 'k' : last, StringComparison.Ordinal);
            unit = power < 0 ? double.NaN : Math.Pow(1000, power + 1);
            plain = plain[..^1].TrimEnd();
        }
        if (!double.TryParse(plain, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) || double.IsNaN(unit)) throw new InputException(where, $"'{text}' is no number of {what}", "Write it as 4096, 20k, 1.5B or 15T.");
        double value = Math.Round(number * unit);
        if (value is < 1 or > 1e18) throw new InputException(where, $"{text} is no number of {what} that a plan can have", "Give 1 or more.");
        return (long)value;
    }

    /// <summary>Three digits and a letter: <c>1.50 B</c>.</summary>
    public static string Show(double count)
    {
        int power = 0;
        while (Math.Abs(count) >= 999.5 && power < Letters.Length)
        {
            count /= 1000;
            power++;
        }
        string digits = count.ToString(power == 0 ? "0.###" : count < 9.995 ? "F2" : count < 99.95 ? "F1" : "F0", CultureInfo.InvariantCulture);
        return power == 0 ? digits : $"{digits} {Letters[power - 1]}";
    }
}
