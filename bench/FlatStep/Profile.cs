using System.Diagnostics;
using System.Globalization;

namespace Headroom.Bench.FlatStep;

/// <summary>Where a step's time goes: each mark gets the time since the mark before it.</summary>
internal static class Profile
{
    static readonly Dictionary<string, (double Seconds, int Calls)> Spent = [];
    static long last;

    public static bool Enabled { get; set; }

    public static void Mark(string name)
    {
        if (!Enabled) return;
        long now = Stopwatch.GetTimestamp();
        (double seconds, int calls) = Spent.GetValueOrDefault(name);
        if (last != 0) Spent[name] = (seconds + Stopwatch.GetElapsedTime(last, now).TotalSeconds, calls + 1);
        last = now;
    }

    /// <summary>Milliseconds and calls a step, the longest first.</summary>
    public static void Print(int steps)
    {
        foreach ((string name, (double seconds, int calls)) in Spent.OrderByDescending(p => p.Value.Seconds))
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-28} {1000 * seconds / steps,9:F3} ms {(double)calls / steps,6:F1} calls"));
    }
}
