using System.Diagnostics;
using System.Globalization;
using Headroom.Evidence.Quantities;
using Headroom.Training;
using Spectre.Console;

namespace Headroom.Cli.Terminal;

/// <summary>A bar with loss, speed and time left on a terminal; a plain line every few seconds elsewhere.</summary>
internal static class ProgressView
{
    private const double SecondsBetweenLines = 10;

    public static T Show<T>(Func<IProgress<TrainingProgress>, T> work)
    {
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive) return work(new PlainLines());
        return AnsiConsole.Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("starting", maxValue: 1);
                return work(new Callback(p =>
                {
                    if (p.Steps is long steps) task.MaxValue = steps;
                    task.Value = p.Step;
                    task.Description = Markup.Escape(Describe(p));
                }));
            });
    }

    private static string Describe(TrainingProgress p)
    {
        CultureInfo c = CultureInfo.InvariantCulture;
        string left = p.SecondsLeft is double s ? $", {new Seconds(s)} left" : "";
        string loss = p.Loss is double l ? $", loss {l.ToString("F4", c)}" : "";
        string validation = p.Validation is { } v ? $", validation {v.Loss.ToString("F4", c)}" + (v.Accuracy is double a ? $" ({a.ToString("P1", c)})" : "") : "";
        string what = p.Phase switch { TrainingPhase.Validating => "validating", TrainingPhase.Saving => "saving", _ => "step" };
        return string.Create(c, $"{what} {p.Step:N0}{(p.Steps is long n ? $" of {n:N0}" : "")}{loss}{validation}, {p.SamplesPerSecond:N0} rows/s{left}");
    }

    private sealed class Callback(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }

    private sealed class PlainLines : IProgress<TrainingProgress>
    {
        private long _last;

        public void Report(TrainingProgress value)
        {
            bool end = value.Step == value.Steps;
            if (value.Phase != TrainingPhase.Training || (_last != 0 && !end && Stopwatch.GetElapsedTime(_last).TotalSeconds < SecondsBetweenLines)) return;
            _last = Stopwatch.GetTimestamp();
            Lines.Note(Describe(value));
        }
    }
}
