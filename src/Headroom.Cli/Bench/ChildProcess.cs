using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Evidence;

namespace Headroom.Cli.Bench;

/// <summary>Runs a program that ends by printing one JSON line.</summary>
internal static class ChildProcess
{
    /// <summary>This program, as it was started.</summary>
    public static IReadOnlyList<string> Self { get; } = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? [Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "headroom.dll")]
        : [Environment.ProcessPath!];

    /// <exception cref="InputException">The program can't be started, fails, or prints no JSON.</exception>
    public static async Task<JsonObject> JsonAsync(IReadOnlyList<string> program, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program[0], [.. program.Skip(1), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        string shown = string.Join(' ', [.. program, .. arguments]);
        using Process process = Start(start, shown);
        await using CancellationTokenRegistration kill = cancellation.Register(() => process.Kill(entireProcessTree: true));
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        string output = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        string said = await errors;
        await process.WaitForExitAsync(CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        // Our own child has said what is wrong, to the user as much as to us.
        if (process.ExitCode == ExitCodes.BadInput && said.StartsWith(Terminal.Lines.ErrorMark, StringComparison.Ordinal)) throw new InputException(said[Terminal.Lines.ErrorMark.Length..].Trim());
        if (process.ExitCode != 0) throw new InputException(shown, $"it ended with code {process.ExitCode}: {said.Trim()}", "Run it by hand to see why.");
        string? line = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault(l => l.StartsWith('{'));
        try
        {
            return JsonNode.Parse(line ?? "")!.AsObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InputException(shown, "its last line is no JSON object: " + (line ?? output).Trim(), "Run it by hand to see what it prints.");
        }
    }

    private static Process Start(ProcessStartInfo start, string shown)
    {
        try
        {
            return Process.Start(start) ?? throw new InputException(shown, "it can't be started", "Check the path.");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InputException(shown, "it can't be started: " + e.Message, "Check the path, and that it is executable.");
        }
    }
}
