namespace Headroom.Cli.Configuration;

/// <summary>Where in a file each setting stands, for faults that show only once others, or the data, are there.</summary>
internal sealed class SettingsLines(string file)
{
    private readonly Dictionary<string, long> lines = new(StringComparer.Ordinal);

    public bool Has(string path) => lines.ContainsKey(path);

    public void Add(string path, long line) => lines[path] = line;

    /// <summary><c>headroom.yaml, line 7</c>: of the setting, else of the nearest one that holds it; the file alone where it says nothing of them.</summary>
    /// <param name="path">From the file's root, such as <c>train.batch</c>.</param>
    public string At(string path)
    {
        for (string at = path; at.Length > 0; at = at[..Math.Max(0, at.LastIndexOf('.'))])
            if (lines.TryGetValue(at, out long line)) return At(line);
        return file;
    }

    public string At(long line) => $"{file}, line {line}";
}
