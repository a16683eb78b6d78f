using System.Diagnostics;

namespace Headroom.Cli.Bench.Conditions;

/// <summary>Another process that keeps one core busy walking memory, as a neighbour on a shared machine does.</summary>
internal sealed class NoisyNeighbour : IAsyncDisposable
{
    /// <summary>The hidden command under <c>bench</c> that is the neighbour.</summary>
    public const string Command = "neighbour";

    // 256 MiB: no cache holds it, so that it takes bandwidth as well as a core.
    private const int Words = 1 << 25;

    private const int WordsOfALine = 8;

    private readonly Process _process;

    private NoisyNeighbour(Process process) => _process = process;

    /// <summary>Returns when it is at work.</summary>
    public static NoisyNeighbour Start()
    {
        var start = new ProcessStartInfo(ChildProcess.Self[0], [.. ChildProcess.Self.Skip(1), "bench", Command]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        Process process = Process.Start(start)!;
        process.StandardOutput.ReadLine();
        return new NoisyNeighbour(process);
    }

    /// <summary>The neighbour itself: reads and writes a word of every cache line, round and round, until whoever started it is gone.</summary>
    public static void Walk(TextReader input, TextWriter output)
    {
        bool gone = false;
        new Thread(() =>
        {
            input.ReadToEnd();
            Volatile.Write(ref gone, true);
        })
        { IsBackground = true }.Start();
        long[] memory = new long[Words];
        output.WriteLine("at work");
        output.Flush();
        while (!Volatile.Read(ref gone)) for (int i = 0; i < memory.Length; i += WordsOfALine) memory[i]++;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
