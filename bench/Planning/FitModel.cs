using System.Collections.Immutable;
using System.Globalization;
using Headroom.Devices.Catalogue;
using Headroom.Planning;
using Headroom.Planning.Calibration;
using Headroom.Planning.Fitting;

namespace Headroom.Bench.Planning;

/// <summary>A fit of parameters by family and stack, with its residuals, and those of families that it was done without.</summary>
/// <param name="Name">The calibration's.</param>
/// <param name="Forms">Parameters.</param>
/// <param name="Rows">What each row is.</param>
/// <param name="Error">The logarithm of predicted over measured of a row, given values by parameter and by family or stack.</param>
/// <param name="Delta">Errors below this count squared.</param>
/// <param name="Relative">Whether too much counts for more than too little, as a mean of relative errors has it; else twice and half weigh alike, as a median has it.</param>
/// <param name="Places">From how many places it sets out.</param>
internal sealed record FitModel(string Name, IReadOnlyList<ParameterForm> Forms, IReadOnlyList<FitRow> Rows, Func<int, Func<string, string, double>, double> Error, double Delta, bool Relative = false, int Places = 1)
{
    private const int Rounds = 80, RoundsWithout = 12, Few = 15;

    // What a row that is wrongly read or measured may cost at most, as a logarithm.
    private const double Furthest = 3;

    /// <summary>Fits, then once without each family.</summary>
    /// <param name="note">How it was made, in a sentence.</param>
    public FittedCalibration Fit(string note)
    {
        int[] all = [.. Enumerable.Range(0, Rows.Count)];
        FittedCalibration fitted = Values(all, null, Rounds);
        List<(FitRow Row, double Error)> seen = [.. all.Select(i => (Rows[i], Error(i, Value(fitted)))).Where(e => double.IsFinite(e.Item2))], unseen = [];
        foreach (string family in Rows.Select(r => r.Family).Distinct().Order(StringComparer.Ordinal))
        {
            int[] others = [.. all.Where(i => Rows[i].Family != family)];
            if (others.Length == 0) continue;
            FittedCalibration without = Values(others, fitted, RoundsWithout);
            unseen.AddRange(all.Where(i => Rows[i].Family == family).Select(i => (Rows[i], Error(i, Value(without)))).Where(e => double.IsFinite(e.Item2)));
        }
        return fitted with { Note = note, Residuals = Summary(seen), LeftOut = Summary(unseen) };
    }

    private static ImmutableArray<Residuals> Summary(List<(FitRow Row, double Error)> errors) => [.. errors.GroupBy(e => e.Row.Quantity).SelectMany(q => q.GroupBy(e => e.Row.Family).OrderBy(g => g.Key, StringComparer.Ordinal)
        .Select(g => Residuals.From(q.Key, g.Key, [.. g.Select(e => e.Error)])).Append(Residuals.From(q.Key, FittedCalibration.All, [.. q.Select(e => e.Error)])))];

    // A value as the product would look it up, for families that a fit was done without too.
    private Func<string, string, double> Value(FittedCalibration calibration)
    {
        var found = new Dictionary<(string, string), double>();
        return (name, of) =>
        {
            if (found.TryGetValue((name, of), out double known)) return known;
            ParameterForm form = Forms.First(f => f.Name == name);
            Accelerator? device = form.Per == "family" ? AcceleratorCatalogue.Default.All.FirstOrDefault(a => a.FitKey() == of) : null;
            double value = !calibration.Parameters.Any(p => p.Name == name) ? form.Start : device is not null ? calibration.Value(name, device) : form.Only?.Contains(of) == false ? form.Otherwise : calibration.Value(name, of);
            return found[(name, of)] = value;
        };
    }

    private static double Rounded(double value, ParameterForm form) => Math.Clamp(double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), form.Lower, form.Upper);

    private static string Key(ParameterForm form, FitRow row) => form.Per switch { "family" => row.Family, "stack" => row.Stack, _ => FittedCalibration.All };

    private FittedCalibration Values(int[] rows, FittedCalibration? from, int rounds)
    {
        List<(ParameterForm Form, string Key)> free = [];
        foreach (ParameterForm f in Forms)
        {
            free.AddRange(rows.Select(i => Key(f, Rows[i])).Distinct().Where(k => f.Only?.Contains(k) != false).Order(StringComparer.Ordinal).Select(k => (f, k)));
        }
        // Tables weigh by the root of their rows, so that a large one doesn't speak for all.
        Dictionary<string, int> sizes = rows.GroupBy(i => Rows[i].Table).ToDictionary(g => g.Key, g => g.Count());
        double[] weights = [.. rows.Select(i => 10 / Math.Sqrt(sizes[Rows[i].Table]))];
        FittedParameter[] parameters = [.. free.Select(f => new FittedParameter($"{f.Form.Name}, {f.Key}", from is null ? f.Form.Start : Math.Clamp(from.Value(f.Form.Name, f.Key), f.Form.Lower * 1.0001, f.Form.Upper * 0.9999), f.Form.Lower, f.Form.Upper, f.Form.Spread))];
        var values = new Dictionary<(string, string), double>();
        Dictionary<string, ParameterForm> forms = Forms.ToDictionary(f => f.Name);
        double At(string name, string of) => values.TryGetValue((name, of), out double value) ? value : forms[name].Otherwise;
        double[] Residual(double[] x)
        {
            for (int i = 0; i < free.Count; i++) values[(free[i].Form.Name, free[i].Key)] = x[i];
            return [.. rows.Select(i => Error(i, At) is double e && double.IsFinite(e) ? Relative ? Math.Exp(Math.Clamp(e, -Furthest, Math.Log(Furthest))) - 1 : Math.Clamp(e, -Furthest, Furthest) : 0)];
        }
        FitResult result = from is null && Places > 1 ? Minimiser.FitFromMany(parameters, Residual, weights, Delta, Places, Few, rounds) : Minimiser.Fit(parameters, Residual, weights, Delta, rounds);
        if (from is null) Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Name}: loss {result.Loss:F3}"));
        return new FittedCalibration
        {
            Name = Name, Note = "", Tables = [.. Rows.Select(r => r.Table).Distinct().Order(StringComparer.Ordinal)], Residuals = [], LeftOut = [],
            Parameters = [.. Forms.Select(f => new CalibratedParameter
            {
                Name = f.Name, Per = f.Per, Unit = f.Unit, Meaning = f.Meaning, Lower = f.Lower, Upper = f.Upper,
                Values = free.Select((p, i) => (p, Value: result.Values[i])).Where(v => v.p.Form == f).ToImmutableSortedDictionary(v => v.p.Key, v => Rounded(v.Value, f), StringComparer.Ordinal),
            }).Where(p => !p.Values.IsEmpty)],
        };
    }
}
