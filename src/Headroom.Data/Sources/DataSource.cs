using Headroom.Evidence;

namespace Headroom.Data.Sources;

/// <summary>Finds a data file: beside the settings, in the user's folder, in the cache, or at the address that is known for it.</summary>
public sealed class DataSource
{
    /// <summary>The files that can be fetched.</summary>
    public IReadOnlyList<SourceFile> Files { get; init; } = [];

    /// <summary>The folder that holds the settings file, against which paths are tried first.</summary>
    public string BaseFolder { get; init; } = Environment.CurrentDirectory;

    /// <summary>The user's folder of data sets; HEADROOM_DATA by default.</summary>
    public string? DataFolder { get; init; } = DataFolders.Given;

    /// <summary>Where fetched files are kept.</summary>
    public string CacheFolder { get; init; } = DataFolders.Cache;

    /// <summary>What is told about long work, a line each.</summary>
    public Action<string>? Report { get; init; }

    /// <summary>The full path of a file or folder, fetched first if it must be.</summary>
    /// <exception cref="InputException">It is nowhere, and cannot be fetched or is not what its checksum says.</exception>
    public string Resolve(string path, CancellationToken cancellation = default)
    {
        if (Path.IsPathFullyQualified(path))
        {
            return Exists(path) ? path : throw new InputException(path, "there is no such file or folder", "Check the path.");
        }
        foreach (var folder in new[] { BaseFolder, DataFolder, CacheFolder })
        {
            if (folder is not null && Exists(Path.Combine(folder, path)))
            {
                return Path.GetFullPath(Path.Combine(folder, path));
            }
        }
        var file = Files.FirstOrDefault(f => f.File == path.Replace('\\', '/'));
        if (file is not null)
        {
            return Fetcher.Fetch(file, CacheFolder, Report, cancellation);
        }
        var given = DataFolder is null ? $"{DataFolders.Variable} is not set" : $"nor in {DataFolder} ({DataFolders.Variable})";
        throw new InputException(path, $"there is no such file or folder in {BaseFolder}; {given}", $"Check the path, or set {DataFolders.Variable} to the folder that holds it.");
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);
}
