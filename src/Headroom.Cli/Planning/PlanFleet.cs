using System.CommandLine;
using Headroom.Devices.Catalogue;
using Headroom.Evidence;
using Headroom.Planning;
using Headroom.Planning.Power;
using Headroom.Planning.Search;

namespace Headroom.Cli.Planning;

/// <summary>The accelerators that were asked for, with their prices: what training and inference read alike.</summary>
/// <param name="Accelerators">Each once.</param>
/// <param name="Most">How many of a kind.</param>
/// <param name="Prices">Of an hour.</param>
/// <param name="Budget">What may be spent; null without.</param>
internal sealed record PlanFleet(IReadOnlyList<Accelerator> Accelerators, int Most, Prices Prices, BudgetText? Budget)
{
    /// <summary>Reads them.</summary>
    /// <param name="o">The options.</param>
    /// <param name="typed">What was typed.</param>
    /// <param name="type">What products compute in: accelerators without a peak for it are left out of auto.</param>
    /// <param name="trains">Whether auto leaves out what is made for inference alone.</param>
    /// <exception cref="InputException">A name, a price, a number or a budget can't be.</exception>
    public static PlanFleet Read(PlanOptions o, ParseResult typed, string type, bool trains = false)
    {
        AcceleratorCatalogue catalogue = (typed.GetValue(o.DevicesFile) ?? []).Aggregate(AcceleratorCatalogue.Default, (c, file) => c.With(file));
        double? spot = typed.GetValue(o.Spot);
        if (spot is < 0) throw new InputException("--spot", $"{spot} interruptions an hour can't be", "Give 0 or more, such as 0.05.");
        Prices prices = Prices.Read(typed.GetValue(o.Price) ?? [], typed.GetValue(o.Exchange) ?? [], catalogue, spot is not null);
        string on = typed.GetValue(o.On)!;
        Accelerator[] wanted = on.Equals("auto", StringComparison.OrdinalIgnoreCase)
            ? [.. catalogue.All.Where(a => a is { Bandwidth: not null, Memory: not null } && prices.Of(a) is not null && PeakRates.Of(a, type) is not null && !(trains && (a.Kind is AcceleratorKind.Edge or AcceleratorKind.Cpu || a.Name.Contains("Inferentia", StringComparison.Ordinal))))]
            : [.. on.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(catalogue.Find).DistinctBy(a => a.Name)];
        if (wanted.Length == 0) throw new InputException("--on", "it names no accelerator", "Write it as h100,a100, or auto.");
        foreach (Accelerator a in wanted)
        {
            if (a.Bandwidth is null) throw new InputException(a.Name, "the catalogue has no memory bandwidth of it, so no time can be told", "Give it in a file with --devices-file.");
            if (PeakRates.Of(a, type) is null) throw new InputException(a.Name, $"the catalogue has no peak for {type} or a wider type", "Give it in a file with --devices-file.");
        }
        return new(wanted, Number(typed.GetValue(o.Gpus)!), prices, typed.GetValue(o.Budget) is string text ? BudgetText.Read(text) : null);
    }

    /// <summary>What a watt of a machine is at the wall.</summary>
    /// <exception cref="InputException">It is below 1.</exception>
    public static double Overhead(PlanOptions o, ParseResult typed)
    {
        double pue = typed.GetValue(o.Pue);
        return pue >= 1 ? pue : throw new InputException("--pue", $"{pue.ToString(System.Globalization.CultureInfo.InvariantCulture)} is less than the machines draw themselves", "Give 1 or more.");
    }

    /// <summary>One of the words of an option.</summary>
    /// <exception cref="InputException">It is none of them.</exception>
    public static string Choice(ParseResult typed, Option<string> option, params string[] choices)
    {
        string given = typed.GetValue(option)!;
        return choices.Contains(given) ? given : throw new InputException(option.Name, $"'{given}' is none.{NearestName.Hint(given, choices)}", $"There are {string.Join(", ", choices)}.");
    }

    /// <summary>What to have least of.</summary>
    public static PlanGoal Goal(PlanOptions o, ParseResult typed) => Choice(typed, o.Goal, "time", "money", "energy") switch { "money" => PlanGoal.Money, "energy" => PlanGoal.Energy, _ => PlanGoal.Time };

    /// <summary>Power of an accelerator by what is used of it.</summary>
    public static Func<double, double, double>? Watts(Accelerator a) => PowerCurves.Of(a);

    private static int Number(string text)
    {
        string number = text.StartsWith("..", StringComparison.Ordinal) ? text[2..] : text;
        long most = CountText.Read(number, "--gpus", "accelerators");
        return most <= 1_000_000 ? (int)most : throw new InputException("--gpus", $"{most} accelerators are more than there are anywhere", "Give 1,000,000 or less.");
    }
}
