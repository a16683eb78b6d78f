using System.Globalization;

namespace Headroom.Evidence.Gates;

/// <summary>A rule over measurements, as <c>headroom.yaml</c> states it: <c>accuracy >= 0.85</c>, <c>calibration.ece &lt;= 0.05</c>.</summary>
/// <param name="Name">A measurement's name. Of a dotted name the last part may be the measurement's: <c>calibration.ece</c> finds <c>calibration.ece</c>, else <c>ece</c>.</param>
/// <param name="Comparison">One of <c>&lt;= &lt; >= > ==</c>.</param>
/// <param name="Threshold">A finite number, in the measurement's unit. <c>==</c> compares exactly, so it suits counts.</param>
public sealed record Gate(string Name, string Comparison, double Threshold)
{
    private const string Example = "Write a rule as 'name op number' with one of <= < >= > ==, for example: accuracy >= 0.85";

    // The longer ones first: '<' is the start of '<='.
    private static readonly string[] Comparisons = ["<=", ">=", "==", "<", ">"];

    /// <summary>Reads a rule.</summary>
    /// <param name="rule">The text.</param>
    /// <param name="where">Where it stands, for the message: <c>headroom.yaml, line 12</c>.</param>
    /// <param name="known">The measurements that there can be, where they are known: a name that is not among them is refused.</param>
    /// <exception cref="InputException">It is no rule, or its measurement is unknown.</exception>
    public static Gate Parse(string rule, string where = "gate", IReadOnlyCollection<string>? known = null)
    {
        ArgumentNullException.ThrowIfNull(rule);
        string shown = rule.Length <= 80 ? rule : rule[..80] + "...";
        int at = rule.AsSpan().IndexOfAny('<', '>', '=');
        string? comparison = at < 0 ? null : Array.Find(Comparisons, c => string.CompareOrdinal(rule, at, c, 0, c.Length) == 0);
        if (comparison is null) throw new InputException(where, $"'{shown}' is no gate: it compares nothing.", Example);
        string name = rule[..at].Trim();
        string number = rule[(at + comparison.Length)..].Trim();
        if (!IsName(name)) throw new InputException(where, $"'{shown}' is no gate: '{name}' is no measurement's name.", Example);
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double threshold) || !double.IsFinite(threshold))
        {
            throw new InputException(where, $"'{shown}' is no gate: '{number}' is no number.", Example);
        }
        Gate gate = new(name, comparison, threshold);
        if (known is not null && !known.Contains(name) && !known.Contains(gate.LastPart))
        {
            throw new InputException(where, $"'{shown}': there is no measurement '{name}'.{gate.Hint(known)}", $"Known are: {string.Join(", ", known)}");
        }
        return gate;
    }

    /// <summary>Holds the rule against what was measured; a measurement that is missing lets nothing pass.</summary>
    public GateResult Evaluate(IReadOnlyList<Measurement> measurements)
    {
        ArgumentNullException.ThrowIfNull(measurements);
        Measurement? m = measurements.FirstOrDefault(m => m.Name == Name) ?? measurements.FirstOrDefault(m => m.Name == LastPart);
        if (m is null)
        {
            return new GateResult(ToString(), GateOutcome.Missing, null, $"{this}: not measured.{Hint(measurements.Select(m => m.Name))}");
        }
        bool holds = Comparison switch
        {
            "<=" => m.Value <= Threshold,
            "<" => m.Value < Threshold,
            ">=" => m.Value >= Threshold,
            ">" => m.Value > Threshold,
            "==" => m.Value == Threshold,
            _ => throw new InvalidOperationException($"'{Comparison}' is no comparison."),
        };
        string value = m.Value.ToString("G6", CultureInfo.InvariantCulture);
        return new GateResult(ToString(), holds ? GateOutcome.Pass : GateOutcome.Fail, m.Value, $"{this}: {(holds ? "passed" : "failed")} with {value}");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} {Comparison} {Threshold}");

    private string LastPart => Name[(Name.LastIndexOf('.') + 1)..];

    private string Hint(IEnumerable<string> names)
    {
        string[] all = [.. names];
        string hint = NearestName.Hint(Name, all);
        return hint.Length > 0 ? hint : NearestName.Hint(LastPart, all);
    }

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 100 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '@') && text[0] != '.' && text[^1] != '.';
}
