using System.Globalization;
using Headroom.Evidence.Quantities;
using Headroom.Training;

namespace Headroom.Cli.Terminal;

/// <summary>Where training stands, in one line that fits: what matters least is left out first.</summary>
internal static class ProgressLine
{
    /// <param name="p">Where it stands.</param>
    /// <param name="width">Characters there are.</param>
    public static string Of(TrainingProgress p, int width = int.MaxValue)
    {
        CultureInfo c = CultureInfo.InvariantCulture;
        string what = p.Phase switch { TrainingPhase.Validating => "validating", TrainingPhase.Saving => "saving", _ => "step" };
        string of = p.Steps is long n ? $" of {n.ToString("N0", c)}" : "";
        // In the order in which they are shown; the number says how long a part stays.
        (int Stays, string Text)[] parts =
        [
            (5, string.Create(c, $"{what} {p.Step:N0}{of}")),
            (4, p.Loss is double l ? $"loss {l.ToString("F4", c)}" : ""),
            (2, p.Validation is { } v ? $"validation {v.Loss.ToString("F4", c)}" + (v.Accuracy is double a ? $" ({a.ToString("P1", c)})" : "") : ""),
            (1, string.Create(c, $"{p.SamplesPerSecond:N0} rows/s")),
            (3, p.SecondsLeft is double s ? $"{new Seconds(s)} left" : ""),
        ];
        for (int least = 1; least <= 5; least++)
        {
            string line = string.Join(", ", parts.Where(part => part.Text.Length > 0 && part.Stays >= least).Select(part => part.Text));
            if (line.Length <= width) return line;
        }
        return string.Create(c, $"{p.Step:N0}");
    }
}
