using System.Globalization;

namespace Headroom.Planning.Economics;

/// <summary>A sum in a currency.</summary>
/// <param name="Amount">In whole units of the currency.</param>
/// <param name="Currency">By ISO 4217, such as <c>EUR</c>.</param>
public readonly record struct Money(double Amount, string Currency)
{
    private static readonly Dictionary<string, string> Signs = new() { ["€"] = "EUR", ["$"] = "USD", ["£"] = "GBP" };

    /// <summary>The currency that a code or a sign names: three capital or small letters, or the sign of dollar, euro or pound; null for anything else.</summary>
    /// <param name="text">What was typed.</param>
    public static string? CurrencyOf(string text) => Signs.TryGetValue(text, out string? code) ? code
        : text.Length == 3 && text.All(char.IsAsciiLetter) && Known.Contains(text.ToUpperInvariant()) ? text.ToUpperInvariant() : null;

    /// <summary>Currencies in use that people rent accelerators in, by ISO 4217; of some the rate must be given.</summary>
    public static IReadOnlySet<string> Known { get; } = new HashSet<string>([.. ExchangeRates.Shipped.PerDollar.Keys, "AED", "CZK", "HUF", "IDR", "ILS", "PHP", "PLN", "RON", "SAR", "TRY", "UAH"]);

    /// <summary>Two decimals below a thousand, none above: <c>12.50 EUR</c>, <c>1,204 EUR</c>.</summary>
    public override string ToString() => Amount.ToString(Math.Abs(Amount) < 0.1 ? "0.####" : Math.Abs(Amount) < 1000 ? "F2" : "N0", CultureInfo.InvariantCulture) + " " + Currency;
}
