namespace Headroom.Data.Sources;

/// <summary>The folders that data is looked for in.</summary>
public static class DataFolders
{
    /// <summary>The environment variable that names the user's own folder of data sets.</summary>
    public const string Variable = "HEADROOM_DATA";

    /// <summary>The folder that <see cref="Variable"/> names, or null.</summary>
    public static string? Given => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : null;

    /// <summary>Where what is fetched is kept: <c>headroom/data</c> under XDG_CACHE_HOME, ~/.cache, or Windows' local application data.</summary>
    public static string Cache => Path.Combine(CacheRoot(), "headroom", "data");

    private static string CacheRoot() =>
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg && Path.IsPathFullyQualified(xdg) ? xdg
        : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}
