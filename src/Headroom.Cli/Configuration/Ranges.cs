using System.Globalization;
using Headroom.Evidence;

namespace Headroom.Cli.Configuration;

/// <summary>Refuses numbers that mean nothing.</summary>
internal static class Ranges
{
    /// <summary>From <paramref name="least"/> on; no value is fine.</summary>
    public static void AtLeast(string key, double? value, double least)
    {
        if (value < least) throw Fault(key, value.Value, string.Create(CultureInfo.InvariantCulture, $"Give {least} or more."));
    }

    /// <summary>Up to <paramref name="most"/>; no value is fine.</summary>
    public static void AtMost(string key, double? value, double most)
    {
        if (value > most) throw Fault(key, value.Value, string.Create(CultureInfo.InvariantCulture, $"Give {most} or less."));
    }

    /// <summary>Above 0; no value is fine.</summary>
    public static void Positive(string key, double? value)
    {
        if (value <= 0) throw Fault(key, value.Value, "Give a number above 0.");
    }

    /// <summary>From 0 to below 1.</summary>
    public static void Share(string key, double value)
    {
        if (value is < 0 or >= 1) throw Fault(key, value, "Give a number from 0 to below 1.");
    }

    private static InputException Fault(string key, double value, string remedy) => new(key, string.Create(CultureInfo.InvariantCulture, $"{value} is out of its range"), remedy);
}
