using Headroom.Evidence;

namespace Headroom.Cli.Bench;

/// <summary>The program that ours is held against.</summary>
internal sealed class Peer
{
    public const string Default = "bench/peers/torchsharp/run.sh";

    /// <summary>What the default peer's script calls.</summary>
    private static readonly string[] Tools = ["dotnet", "g++", "python3"];

    private Peer(string path) => Path = path;

    public string Path { get; }

    /// <summary>Finds the peer and runs it once, so that what it builds on first use takes none of the time that is measured.</summary>
    /// <exception cref="InputException">There is no such program, or it doesn't run.</exception>
    public static async Task<Peer> PrepareAsync(string? given, string workload, int threads, CancellationToken cancellation)
    {
        string path = System.IO.Path.GetFullPath(given ?? Default);
        if (!File.Exists(path)) throw new InputException($"--peer {given ?? Default}", "there is no such file", given is null ? "Run this in the checkout, or name another peer's program." : "Name an executable that takes run.sh's arguments; bench/peers/README.md lists them.");
        var peer = new Peer(path);
        try
        {
            await peer.At("fp32").RunAsync(new StepArguments(workload, Steps: 1, Warmup: 0, threads), cancellation);
        }
        catch (InputException e)
        {
            string[] missing = [.. Tools.Where(t => !OnPath(t))];
            string hint = missing.Length > 0 ? $"TorchSharp's peer builds itself with {string.Join(", ", Tools)}; not on the PATH: {string.Join(", ", missing)}." : "It was run once before anything is measured.";
            throw new InputException("the peer doesn't run. " + e.Message + "\n" + hint, e);
        }
        return peer;
    }

    public Contender At(string dtype) => new(dtype, [Path], []);

    private static bool OnPath(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator).Any(folder => File.Exists(System.IO.Path.Combine(folder, tool)));
}
