using System.Runtime.InteropServices;

namespace Headroom.Data.DotnetDocs;

/// <summary>Finds the folder that .NET is installed in.</summary>
internal static class DotnetRoot
{
    /// <summary>The folders that may hold <c>packs</c>, the likeliest first; only those that do.</summary>
    public static IReadOnlyList<string> Candidates() =>
    [
        .. new[]
        {
            Environment.GetEnvironmentVariable("DOTNET_ROOT"),
            // .../dotnet/shared/Microsoft.NETCore.App/10.0.0/ is where this process' runtime lies.
            Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
            OnPath(),
            "/usr/share/dotnet", "/usr/lib/dotnet", "/usr/lib64/dotnet", "/usr/local/share/dotnet", @"C:\Program Files\dotnet",
        }.OfType<string>().Where(f => f.Length > 0).Distinct().Where(f => Directory.Exists(Path.Combine(f, "packs"))),
    ];

    /// <summary>The <c>dotnet</c> command of the runtime that this process runs on, or the one on the PATH.</summary>
    public static string Command()
    {
        var own = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        return File.Exists(own) ? own : "dotnet";
    }

    private static string? OnPath()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var file = new FileInfo(Path.Combine(folder, name));
            if (file.Exists)
            {
                return Path.GetDirectoryName(Resolved(file));
            }
        }
        return null;
    }

    private static string Resolved(FileInfo file)
    {
        try
        {
            return file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName;
        }
        catch (IOException)
        {
            return file.FullName;
        }
    }
}
