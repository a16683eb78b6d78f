namespace Headroom.Evidence.Tests;

/// <summary>A folder for one test, deleted after it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("headroom-").FullName;

    public string this[string name] => System.IO.Path.Join(Path, name);

    public IEnumerable<string> Names => Directory.EnumerateFileSystemEntries(Path).Select(p => System.IO.Path.GetFileName(p)).Order(StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
