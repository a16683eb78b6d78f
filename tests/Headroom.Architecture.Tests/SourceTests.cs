using System.Reflection;
using System.Text.RegularExpressions;
using Headroom.Graph;
using Headroom.Runtime.Kernels;

namespace Headroom.Architecture.Tests;

public sealed partial class SourceTests
{
    /// <summary>What must not be called, and what to call instead.</summary>
    private static readonly (string Pattern, string Instead, string? Except)[] Banned =
    [
        (@"\bDateTime\.(Now|Today)\b", "a UTC time that is handed in", null),
        (@"\bnew Random\(\)", "a seeded generator", null),
        (@"\bRandom\.Shared\b", "a seeded generator", null),
        (@"\bConsole\.(Write|Error|Out)", "a callback; only the command line prints", "Headroom.Cli"),
        (@"\bNotImplementedException\b", "nothing: leave it out", null),
        (@"\bThread\.Sleep\b", "a wait handle", null),
    ];

    [Fact]
    public void Libraries_call_nothing_that_is_banned()
    {
        List<string> faults = [];
        foreach (string file in Repository.Sources("src"))
        {
            string text = File.ReadAllText(file);
            foreach ((string pattern, string instead, string? except) in Banned)
            {
                if (except is not null && file.Contains(except, StringComparison.Ordinal)) continue;
                if (Regex.IsMatch(text, pattern)) faults.Add($"{Path.GetRelativePath(Repository.Root, file)}: {pattern}; use {instead}");
            }
        }
        Assert.Empty(faults);
    }

    [Fact]
    public void No_file_grows_past_400_lines()
    {
        string[] long_ = [.. Repository.Sources("src").Concat(Repository.Sources("tests")).Where(f => File.ReadLines(f).Count() > 400).Select(f => Path.GetRelativePath(Repository.Root, f))];
        Assert.Empty(long_);
    }

    [Fact]
    public void Every_public_class_is_abstract_sealed_or_static()
    {
        Type[] open = [.. new[] { typeof(Operator).Assembly, typeof(Kernel).Assembly }.SelectMany(a => a.GetExportedTypes()).Where(t => t is { IsClass: true, IsAbstract: false, IsSealed: false } && !typeof(Exception).IsAssignableFrom(t))];
        Assert.Empty(open);
    }

    [Fact]
    public void No_switch_over_operator_names()
    {
        // Passes, planner, session and exporter ask operators for properties; the names belong to the operators alone.
        string[] names = [.. typeof(Operator).Assembly.GetTypes().Where(t => t is { IsAbstract: false } && t.IsSubclassOf(typeof(Operator))).Select(t => t.Name)];
        var quoted = new Regex($"case \"({string.Join('|', names)})\"|== \"({string.Join('|', names)})\"|is Operators\\.({string.Join('|', names)})\\b");
        string[] faults = [.. Repository.Sources("src").Where(f => !f.Contains("/Operators/", StringComparison.Ordinal) && quoted.IsMatch(File.ReadAllText(f))).Select(f => Path.GetRelativePath(Repository.Root, f))];
        Assert.Empty(faults);
    }

    [Fact]
    public void Every_operator_has_a_kernel_or_never_runs()
    {
        HashSet<Type> run = [.. KernelRegistry.Kernels.Select(k => k.OperatorType)];
        string[] missing = [.. typeof(Operator).Assembly.GetTypes().Where(t => t is { IsAbstract: false } && t.IsSubclassOf(typeof(Operator)) && !run.Contains(t)).Select(t => t.Name).Where(n => n is not ("Constant" or "ShapeOf" or "SizeOf"))];
        Assert.Empty(missing);
    }

    [Fact]
    public void Nothing_names_the_machine_it_was_written_on()
    {
        string[] faults = [.. Directory.EnumerateFiles(Repository.Root, "*", SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(Repository.Root, f).Split('/').Any(p => p is ".git" or "artifacts" or "obj" or "bin" or ".headroom"))
            .Where(f => new FileInfo(f).Length < 1 << 20 && MachinePath().IsMatch(File.ReadAllText(f)))
            .Select(f => Path.GetRelativePath(Repository.Root, f))];
        Assert.Empty(faults);
    }

    [GeneratedRegex("/wor" + "k/(main|shared|wt)|/ro" + "ot/\\.nuget")]
    private static partial Regex MachinePath();
}
