using System.Diagnostics;
using System.Runtime.InteropServices;

[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Headroom.EndToEnd.Tests;

/// <summary>What a command said, and its exit code.</summary>
internal sealed record Said(int Code, string Out, string Error)
{
    public override string ToString() => $"exit code {Code}\n{Error}\n{Out}";
}

/// <summary>The command line as a process of its own.</summary>
internal static partial class Cli
{
    private const int Interrupt = 2;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>The 'dotnet' that runs these tests.</summary>
    private static readonly string Host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>A shell starts what runs in its background with Ctrl-C switched off, and children inherit that: they are started with it on.</summary>
    private static readonly string[] Listening = IgnoresCtrlC() ? ["env", "--default-signal=INT"] : [];

    public static readonly string Program = Path.Combine(AppContext.BaseDirectory, "headroom.dll");

    public static Said Run(string folder, params string[] arguments) => Finish(Start(folder, arguments));

    public static Process Start(string folder, params string[] arguments) => Start(folder, new Dictionary<string, string>(), arguments);

    public static Process Start(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments) => Start(folder, environment, [.. Listening, Host, Program, .. arguments], _ => { });

    /// <summary>Another of dotnet's commands.</summary>
    public static Said Dotnet(string folder, params string[] arguments) => Finish(Start(folder, new Dictionary<string, string>(), [Host, .. arguments], _ => { }));

    /// <summary>In a shell, whose script finds the command line as "$@".</summary>
    public static Said Script(string folder, IReadOnlyList<string> shell, string script, params string[] arguments)
        => Finish(Start(folder, new Dictionary<string, string>(), [.. shell, script, "sh", Host, Program, .. arguments], _ => { }));

    private static Process Start(string folder, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> command, Action<ProcessStartInfo> more)
    {
        var start = new ProcessStartInfo(command[0], [.. command.Skip(1)]) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["OMP_NUM_THREADS"] = "2";
        // Threads that wait by spinning take the time from those that work, where cores are shared with other tests.
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment.Remove("HEADROOM_DATA");
        start.Environment.Remove("HEADROOM_LIBTORCH");
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        more(start);
        return Process.Start(start)!;
    }

    public static Said Finish(Process process)
    {
        using (process)
        {
            Task<string> error = process.StandardError.ReadToEndAsync();
            string said = process.StandardOutput.ReadToEnd();
            if (!process.WaitForExit(Limit))
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException("the command did not end");
            }
            return new Said(process.ExitCode, said, error.Result);
        }
    }

    /// <summary>Waits until there is something, or the process has ended.</summary>
    public static void Until(Process process, Func<bool> there)
    {
        while (!there() && !process.WaitForExit(2))
        {
        }
    }

    public static void PressCtrlC(Process process) => Assert.Equal(0, Signal(process.Id, Interrupt));

    private static bool IgnoresCtrlC()
    {
        if (!OperatingSystem.IsLinux()) return false;
        string? ignored = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("SigIgn:", StringComparison.Ordinal));
        return ignored is not null && (Convert.ToUInt64(ignored["SigIgn:".Length..].Trim(), 16) & (1UL << (Interrupt - 1))) != 0;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
