using System.Diagnostics;
using System.Globalization;
using Headroom.Evidence.Quantities;

namespace Headroom.Training;

/// <summary>What the operating system counts as this process's memory.</summary>
public static class ProcessMemory
{
    /// <summary>The resident set now. Taken right after libtorch was loaded, it is the baseline of working memory.</summary>
    public static Bytes Resident => Status("VmRSS:") ?? new Bytes(Environment.WorkingSet);

    /// <summary>The largest resident set so far.</summary>
    public static Bytes PeakResident
    {
        get
        {
            if (Status("VmHWM:") is Bytes peak) return peak;
            using Process self = Process.GetCurrentProcess();
            return new Bytes(self.PeakWorkingSet64);
        }
    }

    private static Bytes? Status(string field)
    {
        if (!OperatingSystem.IsLinux()) return null;
        foreach (string line in File.ReadLines("/proc/self/status"))
        {
            if (!line.StartsWith(field, StringComparison.Ordinal)) continue;
            string kilobytes = line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
            return long.TryParse(kilobytes, NumberStyles.None, CultureInfo.InvariantCulture, out long kib) ? new Bytes(kib * 1024) : null;
        }
        return null;
    }
}
