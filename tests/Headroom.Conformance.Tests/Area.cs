namespace Headroom.Conformance.Tests;

internal enum Fate
{
    Passed,
    Failed,

    /// <summary>An area that isn't built yet, or a case outside what Headroom takes; never a failing case.</summary>
    Skipped,
}

/// <summary>What became of one case, and why.</summary>
internal sealed record Outcome(string Name, Fate Fate, string Reason = "");

/// <summary>Cases of one kind, made by others.</summary>
internal interface IArea
{
    /// <summary>The name that its line begins with: <c>onnx</c>, <c>evidence/calibration</c>.</summary>
    string Name { get; }

    IEnumerable<Outcome> Run(Func<string, bool> wanted);
}

/// <summary>A kind of area, found by reflection.</summary>
internal abstract class AreaSource
{
    private static readonly Lazy<AreaSource[]> Sources = new(() => [.. typeof(AreaSource).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(AreaSource))).OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => (AreaSource)Activator.CreateInstance(t)!)]);

    /// <summary>The areas that a folder holds.</summary>
    protected abstract IEnumerable<IArea> Find(string folder);

    /// <summary>All areas of a folder, the ONNX cases first.</summary>
    public static IReadOnlyList<IArea> All(string folder) => [.. Sources.Value.SelectMany(s => s.Find(folder)).OrderBy(a => a.Name.Contains('/') ? 1 : 0)];
}
