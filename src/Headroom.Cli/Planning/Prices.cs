using System.Globalization;
using Headroom.Devices.Catalogue;
using Headroom.Evidence;
using Headroom.Planning.Economics;

namespace Headroom.Cli.Planning;

/// <summary>What an hour of an accelerator costs: the user's own price, or the catalogue's lowest; and what a dollar is in the user's currency.</summary>
/// <param name="Own">By the accelerator's name, in dollars.</param>
/// <param name="Rates">Exchange rates.</param>
/// <param name="Spot">Whether machines may be taken back.</param>
internal sealed record Prices(IReadOnlyDictionary<string, double> Own, ExchangeRates Rates, bool Spot)
{
    /// <exception cref="InputException">A price or a rate is no number above zero, or a name isn't known.</exception>
    public static Prices Read(string[] prices, string[] exchange, AcceleratorCatalogue catalogue, bool spot)
    {
        ExchangeRates rates = ExchangeRates.Shipped;
        foreach (string text in exchange)
        {
            string[] parts = text.Split('=');
            string? currency = parts.Length == 2 ? Money.CurrencyOf(parts[0].Trim()) : null;
            if (currency is null || !Number(parts[1], out double rate)) throw new InputException("--exchange", $"'{text}' says of no currency what a dollar buys of it", "Write it as EUR=0.87.");
            rates = rates.With(currency, rate);
        }
        return new(Sums(prices, "--price", "a price of an hour", catalogue, rates), rates, spot) { Catalogue = catalogue };
    }

    /// <summary>The devices that may be named.</summary>
    public required AcceleratorCatalogue Catalogue { get; init; }

    /// <summary>What is paid once for devices, in dollars, by their names.</summary>
    /// <param name="texts">As typed.</param>
    /// <param name="option">Where.</param>
    /// <exception cref="InputException">A price is no number above zero, or a name isn't known.</exception>
    public IReadOnlyDictionary<string, double> Once(string[] texts, string option) => Sums(texts, option, "a price", Catalogue, Rates);

    private static Dictionary<string, double> Sums(string[] texts, string option, string what, AcceleratorCatalogue catalogue, ExchangeRates rates)
    {
        var sums = new Dictionary<string, double>();
        foreach (string text in texts)
        {
            string[] parts = text.Split('=');
            if (parts.Length != 2) throw new InputException(option, $"'{text}' is no name=price", "Write it as h100=2.50 or h100=2.50EUR.");
            string amount = parts[1].Trim(), unit = amount.Length > 3 && amount[^3..].All(char.IsAsciiLetter) ? amount[^3..] : "USD";
            if (Money.CurrencyOf(unit) is not string currency) throw new InputException(option, $"'{unit}' is no currency that is known", "Write it as h100=2.50EUR, or in dollars without.");
            if (!Number(amount.EndsWith(unit, StringComparison.Ordinal) ? amount[..^unit.Length] : amount, out double price)) throw new InputException(option, $"'{parts[1]}' is no {what[2..]}", "Give a number above zero, such as h100=2.50.");
            sums[catalogue.Find(parts[0]).Name] = price / Rate(rates, currency);
        }
        return sums;
    }

    /// <summary>In dollars an hour; null where nobody is known to rent it out.</summary>
    public double? Of(Accelerator accelerator) => Own.TryGetValue(accelerator.Name, out double own) ? own : Listed(accelerator)?.UsdPerHour;

    /// <summary>Where the price comes from, in words.</summary>
    public string? Source(Accelerator accelerator) => Own.ContainsKey(accelerator.Name) ? "your price" : Listed(accelerator) is AcceleratorPrice p ? $"{p.Provider}{(p.Spot ? " spot" : "")}{(p.Date is null ? "" : $", {p.Date}")}" : null;

    /// <summary>Dollars of a sum.</summary>
    public double Dollars(Money money) => money.Amount / Rate(Rates, money.Currency);

    private AcceleratorPrice? Listed(Accelerator accelerator) => (Spot ? accelerator.Prices.Where(p => p.Spot).MinBy(p => p.UsdPerHour) : null) ?? accelerator.Cheapest;

    private static double Rate(ExchangeRates rates, string currency) => rates.Of(currency) ?? throw new InputException("--budget", $"no exchange rate of {currency} is known", $"Give what a dollar buys: --exchange {currency}=...");

    private static bool Number(string text, out double number) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && number > 0;
}
