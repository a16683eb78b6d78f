using System.Diagnostics;
using Headroom.Training;
using Spectre.Console;

namespace Headroom.Cli.Terminal;

/// <summary>A bar with loss, speed and time left on a terminal; a plain line every few seconds elsewhere.</summary>
internal static class ProgressView
{
    private const double SecondsBetweenLines = 10;

    // The percentage with the gap before it, and a column that terminals keep free; words that all fit beside a bar; bars that still show something.
    private const int WidthOfPercentage = 6, WidthOfWords = 78, NarrowestBar = 6, WidestBar = 24;

    public static T Show<T>(Func<IProgress<TrainingProgress>, T> work)
    {
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Interactive) return work(new PlainLines());
        // The words come first: a bar says what the percentage says.
        int bar = Math.Clamp((AnsiConsole.Profile.Width - WidthOfWords) / 2, 0, WidestBar);
        return AnsiConsole.Progress()
            .AutoClear(false)
            .Columns([new TaskDescriptionColumn { Alignment = Justify.Left }, .. bar >= NarrowestBar ? [new ProgressBarColumn { Width = bar }] : Array.Empty<ProgressColumn>(), new PercentageColumn()])
            .Start(context =>
            {
                ProgressTask task = context.AddTask("starting", maxValue: 1);
                return work(new Callback(p =>
                {
                    if (p.Steps is long steps) task.MaxValue = steps;
                    task.Value = p.Step;
                    task.Description = Markup.Escape(ProgressLine.Of(p, AnsiConsole.Profile.Width - WidthOfPercentage - (bar >= NarrowestBar ? bar + 1 : 0)));
                }));
            });
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
            Lines.Note(ProgressLine.Of(value));
        }
    }
}
