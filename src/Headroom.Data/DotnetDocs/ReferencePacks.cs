using System.Diagnostics;
using System.Text.RegularExpressions;
using Headroom.Data.Sources;
using Headroom.Evidence;

namespace Headroom.Data.DotnetDocs;

/// <summary>Finds the XML documentation in reference packs, restoring the packs as packages where the SDK was installed without it.</summary>
internal static partial class ReferencePacks
{
    // Where the SDK has no documentation, these are what it would have had.
    private static readonly string[] Packages = ["Microsoft.NETCore.App.Ref", "Microsoft.AspNetCore.App.Ref"];

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
        report?.Invoke($"The .NET SDK here has no XML documentation in its packs; restoring {string.Join(" and ", Packages)} instead");
        var cache = Path.Combine(DataFolders.Cache, "dotnet-docs");
        try
        {
            return Restore(cache, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{cache}: the folder cannot be written: {e.Message}\nMake room, or set XDG_CACHE_HOME to a folder that can be written.", e);
        }
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

    /// <summary>Restores the packs into a folder, unless they are there already, and gives their documentation.</summary>
    /// <exception cref="InputException">They cannot be restored.</exception>
    internal static IReadOnlyList<string> Restore(string folder, CancellationToken cancellation)
    {
        var packages = Path.Combine(folder, "packages");
        if (Restored(packages) is { Count: > 0 } already)
        {
            return already;
        }
        Directory.CreateDirectory(folder);
        // The folder may lie under a repository whose build rules are not meant for it.
        foreach (var rules in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
        {
            File.WriteAllText(Path.Combine(folder, rules), "<Project />\n");
        }
        // The packs of the runtime that runs now; where a feed lacks that patch, NuGet names the nearest that it has.
        var output = TryRestore(folder, packages, Environment.Version.ToString(3), cancellation);
        if (output is not null && NearestVersion().Match(output) is { Success: true } nearest)
        {
            output = TryRestore(folder, packages, nearest.Groups[1].Value, cancellation);
        }
        if (output is not null)
        {
            var reason = output.Split('\n').FirstOrDefault(l => l.Contains("error", StringComparison.OrdinalIgnoreCase)) ?? output;
            throw new InputException("dotnet restore", $"the reference packs cannot be restored: {reason.Trim()}", "Go online, or install the .NET SDK from https://dot.net, whose packs hold the documentation.");
        }
        return Restored(packages) is { Count: > 0 } files ? files
            : throw new InputException(packages, "the restored packages hold no XML documentation", "Install the .NET SDK from https://dot.net, which brings it.");
    }

    [GeneratedRegex(@"Nearest version: (\d+\.\d+\.\d+) ")]
    private static partial Regex NearestVersion();

    // Null on success, else what the command said. PackageDownload takes exact versions, also of packages that a project may not reference.
    private static string? TryRestore(string folder, string packages, string version, CancellationToken cancellation)
    {
        var project = Path.Combine(folder, "docs.csproj");
        File.WriteAllText(project, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences></PropertyGroup>
              <ItemGroup>
            {string.Concat(Packages.Select(p => $"    <PackageDownload Include=\"{p}\" Version=\"[{version}]\" />\n"))}  </ItemGroup>
            </Project>
            """);
        return Run(["restore", project, "--packages", packages, "--nologo"], folder, cancellation);
    }

    // All or nothing: a restore that was broken off between two packages is done again.
    private static IReadOnlyList<string> Restored(string packages) =>
        Packages.All(p => Directory.Exists(Path.Combine(packages, p.ToLowerInvariant())) && Directory.EnumerateFiles(Path.Combine(packages, p.ToLowerInvariant()), ".nupkg.metadata", SearchOption.AllDirectories).Any()) ? Under(packages) : [];

    private static string? Run(string[] arguments, string folder, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(DotnetRoot.Command(), arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            using var stop = cancellation.Register(() => process.Kill(entireProcessTree: true));
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            var output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
            process.WaitForExit();
            cancellation.ThrowIfCancellationRequested();
            return process.ExitCode == 0 ? null : output;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InputException($"dotnet: the command cannot be started: {e.Message}\nInstall the .NET SDK from https://dot.net and put it on the PATH.", e);
        }
    }
}
