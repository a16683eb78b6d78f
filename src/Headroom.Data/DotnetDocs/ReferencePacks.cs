using System.Diagnostics;
using Headroom.Data.Sources;
using Headroom.Evidence;

namespace Headroom.Data.DotnetDocs;

/// <summary>Finds the XML documentation in reference packs, restoring the packs as packages where the SDK was installed without it.</summary>
internal static class ReferencePacks
{
    // Where the SDK has no documentation, these are what it would have had. 10.0.0 is the release that this program is built for.
    private static readonly string[] Packages = ["Microsoft.NETCore.App.Ref", "Microsoft.AspNetCore.App.Ref"];
    private const string PackageVersion = "10.0.0";

    /// <summary>The documentation files, in ordinal order of pack and file name: of each pack the newest version, of that the newest framework.</summary>
    /// <exception cref="InputException">There are none and they cannot be restored.</exception>
    public static IReadOnlyList<string> Files(string? root, Action<string>? report, CancellationToken cancellation)
    {
        IReadOnlyList<string> roots = root is null ? DotnetRoot.Candidates() : [root];
        foreach (var candidate in roots)
        {
            if (Under(Path.Combine(candidate, "packs")) is { Count: > 0 } files)
            {
                return files;
            }
        }
        if (root is not null)
        {
            throw new InputException(root, "there is no packs/*.Ref/*/ref/*/*.xml in it", "Give the folder that .NET is installed in, or leave 'root' out.");
        }
        report?.Invoke($"The .NET SDK here has no XML documentation in its packs; restoring {string.Join(" and ", Packages)} {PackageVersion} instead");
        return Restore(Path.Combine(DataFolders.Cache, "dotnet-docs"), cancellation);
    }

    /// <summary>The documentation under a folder laid out as <c>*.Ref/version/ref/framework/*.xml</c>.</summary>
    public static IReadOnlyList<string> Under(string packs)
    {
        if (!Directory.Exists(packs))
        {
            return [];
        }
        var files = new List<string>();
        foreach (var pack in Directory.EnumerateDirectories(packs).Where(p => p.EndsWith(".Ref", StringComparison.OrdinalIgnoreCase)).OrderBy(Path.GetFileName, StringComparer.OrdinalIgnoreCase))
        {
            if (Newest(pack) is { } version && Directory.Exists(Path.Combine(version, "ref")) && Newest(Path.Combine(version, "ref")) is { } framework)
            {
                files.AddRange(Directory.EnumerateFiles(framework, "*.xml").OrderBy(Path.GetFileName, StringComparer.Ordinal));
            }
        }
        return files;
    }

    // By the numbers in the name: 10.0.2 is after 9.0.10, net10.0 after net9.0; a release is after its previews.
    private static string? Newest(string folder) => Directory.EnumerateDirectories(folder)
        .OrderBy(f => NumberOf(Path.GetFileName(f))).ThenBy(f => Path.GetFileName(f).Contains('-', StringComparison.Ordinal) ? 0 : 1)
        .ThenBy(f => f, StringComparer.Ordinal).LastOrDefault();

    private static Version NumberOf(string name) => Version.TryParse(name.Split('-')[0].TrimStart([.. "abcdefghijklmnopqrstuvwxyz"]), out var version) ? version : new Version(0, 0);

    private static List<string> Restore(string folder, CancellationToken cancellation)
    {
        var packages = Path.Combine(folder, "packages");
        if (Restored(packages) is { Count: > 0 } already)
        {
            return already;
        }
        Directory.CreateDirectory(folder);
        var project = Path.Combine(folder, "docs.csproj");
        // PackageDownload takes exact versions, also of packages that a project may not reference.
        File.WriteAllText(project, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences></PropertyGroup>
              <ItemGroup>
            {string.Concat(Packages.Select(p => $"    <PackageDownload Include=\"{p}\" Version=\"[{PackageVersion}]\" />\n"))}  </ItemGroup>
            </Project>
            """);
        // The folder may lie under a repository whose build rules are not meant for it.
        foreach (var rules in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
        {
            File.WriteAllText(Path.Combine(folder, rules), "<Project />\n");
        }
        Run(["restore", project, "--packages", packages, "--nologo"], folder, cancellation);
        return Restored(packages) is { Count: > 0 } files ? files
            : throw new InputException(packages, "the restored packages hold no XML documentation", "Install the .NET SDK from https://dot.net, which brings it.");
    }

    private static List<string> Restored(string packages) => Directory.Exists(packages) ? [.. Under(packages)] : [];

    private static void Run(string[] arguments, string folder, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            using var stop = cancellation.Register(() => process.Kill(entireProcessTree: true));
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            var output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
            process.WaitForExit();
            cancellation.ThrowIfCancellationRequested();
            if (process.ExitCode != 0)
            {
                var reason = output.Split('\n').FirstOrDefault(l => l.Contains("error", StringComparison.OrdinalIgnoreCase)) ?? output;
                throw new InputException("dotnet restore", $"the reference packs cannot be restored: {reason.Trim()}", "Go online, or install the .NET SDK from https://dot.net, whose packs hold the documentation.");
            }
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InputException($"dotnet: the command cannot be started: {e.Message}\nInstall the .NET SDK from https://dot.net and put it on the PATH.", e);
        }
    }
}
