using System.Globalization;

namespace Headroom.Runtime.Probes;

/// <summary>This process's resident memory, as the kernel counts it. Linux only; 0 elsewhere.</summary>
public static class ProcessMemory
{
    /// <summary>Bytes resident now.</summary>
    public static long Resident => Read("VmRSS:");

    /// <summary>The most that was ever resident, or since <see cref="ResetPeak"/>.</summary>
    public static long Peak => Read("VmHWM:");

    /// <summary>Starts <see cref="Peak"/> anew at what is resident now.</summary>
    /// <returns>False where the kernel doesn't let us.</returns>
    public static bool ResetPeak()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Gives what the managed heap no longer uses back to the system, so that what follows is counted by itself.</summary>
    public static void ReleaseUnused() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>
    /// Collects what was allocated and dropped lately, once it has grown past a bound: left alone, the collector lets it grow to the size of the processor's last cache,
    /// tens of megabytes that would stand beside a step's memory. Takes some hundred microseconds when it does.
    /// </summary>
    /// <param name="mark">Bytes that had been allocated at the last collection; set anew by one.</param>
    public static void KeepYoungSmall(ref long mark)
    {
        long allocated = GC.GetTotalAllocatedBytes();
        if (allocated - mark < YoungBytes) return;
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        mark = allocated;
    }

    private const long YoungBytes = 2 << 20;

    private static long Read(string key)
    {
        if (!File.Exists("/proc/self/status")) return 0;
        foreach (string line in File.ReadLines("/proc/self/status"))
            if (line.StartsWith(key, StringComparison.Ordinal)) return 1024 * long.Parse(line.AsSpan(key.Length).Trim(" \tkB"), CultureInfo.InvariantCulture);
        return 0;
    }
}
