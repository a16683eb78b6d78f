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

    private static long Read(string key)
    {
        if (!File.Exists("/proc/self/status")) return 0;
        foreach (string line in File.ReadLines("/proc/self/status"))
            if (line.StartsWith(key, StringComparison.Ordinal)) return 1024 * long.Parse(line.AsSpan(key.Length).Trim(" \tkB"), CultureInfo.InvariantCulture);
        return 0;
    }
}
