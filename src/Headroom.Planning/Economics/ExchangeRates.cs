using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Headroom.Planning.Economics;

/// <summary>What a dollar is worth in other currencies, with the date and source of the rates; list prices of accelerators are in dollars.</summary>
public sealed record ExchangeRates
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    private static readonly Lazy<ExchangeRates> Embedded = new(() => Read(typeof(ExchangeRates)));

    /// <summary>The month or day that the rates are of.</summary>
    public required string Date { get; init; }

    /// <summary>Who published them.</summary>
    public required string Source { get; init; }

    /// <summary>Units of a currency (ISO 4217) that a dollar buys.</summary>
    [JsonPropertyName("per_usd")]
    public required ImmutableSortedDictionary<string, double> PerDollar { get; init; }

    /// <summary>The rates that come with the program.</summary>
    public static ExchangeRates Shipped => Embedded.Value;

    /// <summary>With one rate of the user's own.</summary>
    /// <param name="currency">By ISO 4217.</param>
    /// <param name="perDollar">Units of it that a dollar buys, above zero.</param>
    public ExchangeRates With(string currency, double perDollar) => this with { PerDollar = PerDollar.SetItem(currency, perDollar), Source = Source + $"; {currency} as given" };

    /// <summary>Units that a dollar buys; null where no rate is known.</summary>
    public double? Of(string currency) => PerDollar.TryGetValue(currency, out double rate) ? rate : null;

    private static ExchangeRates Read(Type near)
    {
        using Stream file = near.Assembly.GetManifestResourceStream("Headroom.Planning.Economics.rates.exchange.json")!;
        return JsonSerializer.Deserialize<ExchangeRates>(file, Options)!;
    }
}
