namespace Headroom.Conformance.Tests.Onnx;

/// <summary>Cases that don't pass, each with its reason: <c>known-failures.txt</c>.</summary>
internal static class KnownFailures
{
    public static IReadOnlyDictionary<string, string> All { get; } = Read();

    private static Dictionary<string, string> Read()
    {
        using var reader = new StreamReader(typeof(KnownFailures).Assembly.GetManifestResourceStream("known-failures.txt")!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(l => !l.StartsWith('#'))
            .Select(l => l.Split(": ", 2)).ToDictionary(l => l[0], l => l[1], StringComparer.Ordinal);
    }
}
