using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Cli.Terminal;
using Headroom.Evidence;
using Headroom.Planning.Economics;

namespace Headroom.Cli.Planning;

/// <summary>Edge against cloud against both: what a month costs that answers so many requests, and from which rate on another place is the cheaper.</summary>
internal sealed class PlacementView
{
    private readonly (Deployment Place, bool Own)[] _places;
    private readonly double _rate, _peak;
    private readonly PlacementCosts _costs;

    private PlacementView((Deployment, bool)[] places, double rate, double peak, PlacementCosts costs) => (_places, _rate, _peak, _costs) = (places, rate, peak, costs);

    /// <summary>What was typed; null where nobody gave a rate of requests.</summary>
    /// <param name="o">The options.</param>
    /// <param name="typed">What was typed.</param>
    /// <param name="fleet">Devices and prices.</param>
    /// <param name="working">The devices as they would answer.</param>
    /// <param name="latency">Seconds that an answer may take; null without a bound.</param>
    /// <exception cref="InputException">A number can't be, or a device has neither price nor rent.</exception>
    public static PlacementView? Read(PlanOptions o, ParseResult typed, PlanFleet fleet, IEnumerable<Answering> working, double? latency)
    {
        if (typed.GetValue(o.Rate) is not double rate)
        {
            if (typed.GetValue(o.Own) is { Length: > 0 }) throw new InputException("--own", "without a rate of requests nothing can be weighed", "Give --rate, such as --rate 5 for five a second on average.");
            return null;
        }
        var costs = new PlacementCosts
        {
            Years = Above(typed.GetValue(o.Years), "--years", "years"), UpkeepShare = NotBelow(typed.GetValue(o.Upkeep), "--upkeep"), PowerPrice = NotBelow(typed.GetValue(o.PowerPrice), "--power-price"),
            RoundTrip = NotBelow(typed.GetValue(o.RoundTrip), "--round-trip") / 1000, Overhead = PlanFleet.Overhead(o, typed),
        };
        double peak = typed.GetValue(o.Peak);
        if (!(peak >= 1 && double.IsFinite(peak))) throw new InputException("--peak", $"the busiest second can't have {Text(peak)} times the mean", "Give 1 or more.");
        IReadOnlyDictionary<string, double> own = fleet.Prices.Once(typed.GetValue(o.Own) ?? [], "--own");
        Above(rate, "--rate", "requests a second");
        string? absent = own.Keys.FirstOrDefault(name => fleet.Accelerators.All(a => a.Name != name));
        if (absent is not null) throw new InputException("--own", $"{absent} isn't among the devices to choose from", "Name it in --on too.");
        List<(Deployment, bool)> places = [];
        foreach (Answering a in working)
        {
            bool mine = own.TryGetValue(a.Device.Name, out double price);
            if (mine) places.Add((Placement.Owned(a, price, costs), true));
            else if (fleet.Prices.Of(a.Device) is double rent) places.Add((Placement.Rented(a, rent, costs), false));
        }
        places.RemoveAll(p => p.Item1.Latency > latency);
        if (places.Count == 0) throw new InputException("--rate", latency is null ? "of no device a price or a rent is known" : "no device with a price or a rent answers in time", "Give prices, such as --own jetson-orin-nano=499 or --price l4=0.80, or more time with --latency.");
        return new([.. places.OrderBy(p => p.Item1.Monthly(rate, peak))], rate, peak, costs);
    }

    private Deployment? Best(bool own) => _places.Where(p => p.Own == own).Select(p => p.Place).FirstOrDefault();

    public void Print()
    {
        Lines.Stage($"A month of {Text(_rate)} requests a second{(_peak > 1 ? $", {Text(_peak)} times as many in the busiest" : "")}");
        string[][] cells = [(string[])["", "answers in", "one does", "wanted", "USD a month", "J each"], .. _places.Take(12).Select(p => (string[])
        [
            p.Place.Name, $"{(p.Place.Latency * 1e3).ToString("F1", CultureInfo.InvariantCulture)} ms", $"{CountText.Show(Math.Round(p.Place.Capacity, p.Place.Capacity < 10 ? 1 : 0))}/s", p.Place.Units(_rate, _peak).ToString("N0", CultureInfo.InvariantCulture), p.Place.Monthly(_rate, _peak).ToString("N2", CultureInfo.InvariantCulture),
            double.IsNaN(p.Place.JoulesPerRequest) ? "-" : p.Place.JoulesPerRequest.ToString("0.###", CultureInfo.InvariantCulture),
        ])];
        int[] widths = [.. Enumerable.Range(0, cells[0].Length).Select(c => cells.Max(row => row[c].Length))];
        foreach (string[] row in cells) Lines.Note((row[0].PadRight(widths[0]) + string.Concat(row.Skip(1).Select((cell, c) => "  " + cell.PadLeft(widths[c + 1])))).TrimEnd());
        if (Best(true) is Deployment edge && Best(false) is Deployment cloud)
        {
            if (Placement.Both(edge, cloud, _rate, _peak) is { } both) Lines.Note($"both: {both.Edge:N0} x {edge.Name} for the mean, {both.Cloud:N0} x {cloud.Name} for the busiest second: {both.Monthly.ToString("N2", CultureInfo.InvariantCulture)} USD a month");
            Lines.Note(BreakEven(edge, cloud));
        }
        Lines.Note($"assumed: owned devices written off over {Text(_costs.Years)} years (--years) with {Text(100 * _costs.UpkeepShare)} % of their price a year for upkeep (--upkeep), {Text(_costs.PowerPrice)} USD a kWh (--power-price), {Text(_costs.RoundTrip * 1e3)} ms to the cloud and back (--round-trip), rented devices kept up all month");
    }

    private static string BreakEven(Deployment edge, Deployment cloud)
    {
        string within = $"as far as one of each answers ({CountText.Show(Math.Round(Math.Min(edge.Capacity, cloud.Capacity), 1))} requests a second)";
        return (cloud.BreakEven(edge), edge.BreakEven(cloud)) switch
        {
            (0, _) => $"{edge.Name} is the cheaper at any rate, {within}",
            (double rate, _) => $"{edge.Name} is the cheaper from {Text(rate)} requests a second on, {within}",
            (_, double rate) when rate > 0 => $"{cloud.Name} is the cheaper from {Text(rate)} requests a second on, {within}",
            _ => $"{cloud.Name} is the cheaper at any rate, {within}",
        };
    }

    public JsonObject Json() => new()
    {
        ["requests_per_second"] = _rate,
        ["peak"] = _peak,
        ["places"] = new JsonArray([.. _places.Select(p => (JsonNode)new JsonObject
        {
            ["place"] = p.Place.Name, ["owned"] = p.Own, ["latency_seconds"] = p.Place.Latency, ["capacity_per_second"] = p.Place.Capacity, ["units"] = p.Place.Units(_rate, _peak), ["usd_a_month"] = p.Place.Monthly(_rate, _peak),
            ["joules_each"] = double.IsNaN(p.Place.JoulesPerRequest) ? null : p.Place.JoulesPerRequest,
        })]),
        ["break_even_requests_per_second"] = Best(true) is Deployment edge && Best(false) is Deployment cloud ? cloud.BreakEven(edge) : null,
        ["both_usd_a_month"] = Best(true) is Deployment e && Best(false) is Deployment c ? Placement.Both(e, c, _rate, _peak)?.Monthly : null,
    };

    private static double Above(double value, string option, string what) => value > 0 && double.IsFinite(value) ? value : throw new InputException(option, $"{Text(value)} {what} can't be", "Give more than zero.");

    private static double NotBelow(double value, string option) => value >= 0 && double.IsFinite(value) ? value : throw new InputException(option, $"{Text(value)} can't be", "Give 0 or more.");

    private static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
