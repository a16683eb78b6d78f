using System.Reflection;
using Headroom.Evidence;

namespace Headroom.Cli.Configuration;

/// <summary>The settings that a file says and that count only beside some values of another (<see cref="OnlyAttribute"/>), checked once all of the file is read.</summary>
internal sealed class LimitedSettings
{
    private readonly List<(string Path, string Shown, OnlyAttribute Only, Type? Record)> said = [];

    /// <summary>A setting that the file says.</summary>
    /// <param name="path">From the file's root.</param>
    /// <param name="property">Its property.</param>
    public void Said(string path, PropertyInfo property)
    {
        if (property.GetCustomAttribute<OnlyAttribute>() is { } only) said.Add((path, $"'{path}'", only, property.DeclaringType));
    }

    /// <summary>One of a setting's named values that the file says.</summary>
    public void Said(string path, Type values, string name)
    {
        if (values.GetField(name)!.GetCustomAttribute<OnlyAttribute>() is { } only) said.Add((path, $"'{path}: {YamlBinder.Key(name)}'", only, null));
    }

    /// <exception cref="InputException">One would be ignored.</exception>
    public void Check(object settings, SettingsLines lines)
    {
        foreach ((string path, string shown, OnlyAttribute only, Type? record) in said)
        {
            if (Counts(only, settings)) continue;
            string value = Shown(Value(settings, only.Setting)), owners = Listed([.. only.Values.Select(Shown)]);
            throw new InputException(lines.At(path), $"{shown} means nothing where {only.Setting} is {value}; it belongs to {owners}", record is null ? $"Take another value, or another {only.Setting}." : Remedy(path, record, value, settings));
        }
    }

    private static string Listed(string[] names) => names.Length < 2 ? string.Concat(names) : $"{string.Join(", ", names[..^1])} and {names[^1]}";

    private static string Remedy(string path, Type record, string value, object settings)
    {
        string[] fitting = [.. record.GetProperties().Where(p => p.SetMethod is not null && (p.GetCustomAttribute<OnlyAttribute>() is not { } o || Counts(o, settings))).Select(p => YamlBinder.Key(p.Name)).Order(StringComparer.Ordinal)];
        return $"{NearestName.Hint(path[(path.LastIndexOf('.') + 1)..], fitting)} Leave it out; with {value} the settings here are {string.Join(", ", fitting)}.".TrimStart();
    }

    private static bool Counts(OnlyAttribute only, object settings) => only.Values.Contains(Value(settings, only.Setting));

    private static object Value(object settings, string path) => path.Split('.').Aggregate(settings, (at, key) => at.GetType().GetProperties().Single(p => YamlBinder.Key(p.Name) == key).GetValue(at)!);

    private static string Shown(object value) => YamlBinder.Key(value.ToString()!);
}
