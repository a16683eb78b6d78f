using System.Text.Json;

namespace Headroom.Conformance.Tests.Evidence;

/// <summary>One vector: what to compute, of what, and what others found.</summary>
internal sealed class Vector(JsonElement element)
{
    private readonly HashSet<string> _seen = [];

    public string Id => element.GetProperty("id").GetString()!;

    public string Function => element.GetProperty("fn").GetString()!;

    public JsonElement Params => element.GetProperty("params");

    public JsonElement Input => element.GetProperty("input");

    public JsonElement Expected => element.GetProperty("expected");

    /// <summary>Expected values that no check has looked at: what isn't built yet.</summary>
    public IReadOnlyList<string> Unseen => Expected.ValueKind == JsonValueKind.Object ? [.. Expected.EnumerateObject().Select(p => p.Name).Where(n => !_seen.Contains(n))] : [];

    /// <summary>An expected value; it counts as looked at.</summary>
    public JsonElement Look(string key)
    {
        _seen.Add(key);
        return Expected.GetProperty(key);
    }

    /// <summary>A value of an anchor that departs from the definition, as the vector's note says: it must not be ours.</summary>
    public void Differs(string key) => _seen.Add(key);

    /// <summary>What a value may be off by: abs + rel · |expected|.</summary>
    public double Tolerance(double expected) => element.GetProperty("tolerance").GetProperty("abs").GetDouble() + (element.GetProperty("tolerance").GetProperty("rel").GetDouble() * Math.Abs(expected));

    /// <summary>Compares a number with the expected one of that name, where the vector has it.</summary>
    public void Same(string key, double got)
    {
        if (Expected.TryGetProperty(key, out _)) Close(key, Look(key).GetDouble(), got);
    }

    public void Same(string key, IReadOnlyList<double> expected, IReadOnlyList<double> got)
    {
        if (expected.Count != got.Count) throw new InvalidOperationException($"{key} has {got.Count} values, {expected.Count} are expected");
        for (int i = 0; i < got.Count; i++) Close($"{key}[{i}]", expected[i], got[i]);
    }

    /// <summary>Compares a number with an expected one that stands within another value.</summary>
    public void Near(string what, double expected, double got) => Close(what, expected, got);

    /// <summary>Compares lists of whole numbers; <paramref name="flat"/> where the expected ones are lists of lists.</summary>
    public void SameGroups(string key, int[][] got, bool flat = false)
    {
        int[][] expected = [.. Look(key).EnumerateArray().Select(g => flat ? g.EnumerateArray().SelectMany(r => r.EnumerateArray()).Select(x => x.GetInt32()).ToArray() : g.EnumerateArray().Select(x => x.GetInt32()).ToArray())];
        static string Shown(int[][] groups) => string.Join(' ', groups.Select(g => $"[{string.Join(' ', g)}]"));
        if (Shown(expected) != Shown(got)) throw new InvalidOperationException($"{key} is {Shown(got)}, {Shown(expected)} is expected");
    }

    public static double[] Doubles(JsonElement list) => [.. list.EnumerateArray().Select(x => x.GetDouble())];

    public static double[][] Rows(JsonElement rows) => [.. rows.EnumerateArray().Select(Doubles)];

    private void Close(string key, double expected, double got)
    {
        if (!(Math.Abs(got - expected) <= Tolerance(expected))) throw new InvalidOperationException(FormattableString.Invariant($"{key} is {got}, {expected} is expected"));
    }
}
