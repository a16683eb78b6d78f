using System.Globalization;
using System.Text.RegularExpressions;
using Headroom.Evidence;
using Headroom.Evidence.Quantities;
using Headroom.Planning.Economics;

namespace Headroom.Cli.Planning;

/// <summary>What may be spent, as it is typed: <c>500 EUR, 3 days, 80 GB, 20 kWh</c>; each part at most once, in any order.</summary>
/// <param name="Money">With its currency; null without.</param>
/// <param name="Time">On the clock.</param>
/// <param name="Memory">Of one device.</param>
/// <param name="Energy">At the wall.</param>
internal sealed partial record BudgetText(Money? Money, Seconds? Time, Bytes? Memory, Joules? Energy)
{
    private const string Remedy = "Write it as '500 EUR, 3 days, 80 GB, 20 kWh', each part at most once.";

    private static readonly Dictionary<string, double> Times = new(StringComparer.OrdinalIgnoreCase)
    {
        ["s"] = 1, ["second"] = 1, ["seconds"] = 1, ["min"] = 60, ["minute"] = 60, ["minutes"] = 60, ["h"] = 3600, ["hour"] = 3600, ["hours"] = 3600,
        ["d"] = 86400, ["day"] = 86400, ["days"] = 86400, ["week"] = 604800, ["weeks"] = 604800, ["month"] = 2629800, ["months"] = 2629800,
    };

    private static readonly Dictionary<string, double> Energies = new(StringComparer.OrdinalIgnoreCase) { ["J"] = 1, ["kJ"] = 1e3, ["MJ"] = 1e6, ["Wh"] = 3600, ["kWh"] = 3.6e6, ["MWh"] = 3.6e9, ["GWh"] = 3.6e12 };

    /// <exception cref="InputException">A part isn't a quantity, is of no known unit, is zero, or comes twice.</exception>
    public static BudgetText Read(string text)
    {
        var budget = new BudgetText(null, null, null, null);
        if (text.Trim().Length == 0) throw new InputException("--budget", "it is empty", Remedy);
        foreach (string part in Separator().Split(text))
        {
            Match m = Part().Match(part.Trim());
            if (!m.Success) throw new InputException("--budget", $"'{part.Trim()}' is no quantity", Remedy);
            string unit = m.Groups["unit"].Success && m.Groups["unit"].Value.Length > 0 ? m.Groups["unit"].Value : m.Groups["sign"].Value;
            if (!double.TryParse(m.Groups["number"].Value.Replace(",", "", StringComparison.Ordinal), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) throw new InputException("--budget", $"'{part.Trim()}' has no number", Remedy);
            if (m.Groups["minus"].Success || number <= 0) throw new InputException("--budget", $"'{part.Trim()}' leaves nothing to spend", "Give more than zero, or leave the part out.");
            budget = budget.With(part.Trim(), number, unit);
        }
        return budget;
    }

    private BudgetText With(string part, double number, string unit)
    {
        if (Times.TryGetValue(unit, out double seconds)) return Time is null ? this with { Time = new Seconds(number * seconds) } : throw Twice("time", part);
        if (Energies.TryGetValue(unit, out double joules)) return Energy is null ? this with { Energy = new Joules(number * joules) } : throw Twice("energy", part);
        if (Headroom.Planning.Economics.Money.CurrencyOf(unit) is string currency) return Money is null ? this with { Money = new Money(number, currency) } : throw Twice("money", part);
        if (unit.EndsWith('B') && Bytes.TryParse(part.Replace(",", "", StringComparison.Ordinal), out Bytes bytes)) return Memory is null ? this with { Memory = bytes } : throw Twice("memory", part);
        string hint = NearestName.Hint(unit, [.. Times.Keys, .. Energies.Keys, "EUR", "USD", "GB", "GiB", "MB", "TB"]);
        throw new InputException("--budget", $"'{part}' is of no unit that is money, time, memory or energy.{hint}", Remedy);
    }

    private static InputException Twice(string what, string part) => new("--budget", $"'{part}' is a second {what}", Remedy);

    /// <summary>A comma between digits belongs to the number.</summary>
    [GeneratedRegex(@";|(?<!\d),|,(?!\d{3}(\D|$))|,(?=\s)")]
    private static partial Regex Separator();

    [GeneratedRegex(@"^(?<minus>-)?\s*(?<sign>[€$£])?\s*(?<minus>-)?(?<number>\d[\d,]*\.?\d*)\s*(?<unit>[A-Za-z€$£]*)$")]
    private static partial Regex Part();
}
