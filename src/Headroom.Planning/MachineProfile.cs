using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Runtime.Probes;

namespace Headroom.Planning;

/// <summary>The document that <c>headroom bench device</c> leaves for this machine's user: <c>HEADROOM_PROFILE</c>, or <c>machine.json</c> in the user's cache folder.</summary>
public static class MachineProfile
{
    /// <summary>Where it lies.</summary>
    public static string Path => Environment.GetEnvironmentVariable("HEADROOM_PROFILE") is { Length: > 0 } given
        ? given
        : System.IO.Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "headroom", "machine.json");

    /// <summary>The profile; null where nothing has been measured yet, or another machine or number of threads was.</summary>
    /// <exception cref="InputException">The file is there and is no profile.</exception>
    private static MachineDocument? Load()
    {
        if (!File.Exists(Path)) return null;
        MachineDocument profile = EvidenceJson.Read<MachineDocument>(Path);
        IReadOnlyDictionary<string, string> here = MachinePlan.Machine();
        return profile.Machine.Count == here.Count && profile.Machine.All(m => here.GetValueOrDefault(m.Key) == m.Value) ? profile : null;
    }

    /// <summary>The ceilings of this machine, where it has a profile.</summary>
    public static MachineRates? LoadRates() => Load() is MachineDocument profile ? Rates(profile) : null;

    /// <summary>The ceilings that plans state their bounds by: the best product of each type, memory, a call.</summary>
    private static MachineRates Rates(MachineDocument profile)
    {
        double Best(string prefix) => profile.Measurements.Where(m => m.Name.StartsWith(prefix, StringComparison.Ordinal)).Max(m => m.Value);
        return new MachineRates(Best("product_fp32_"), Best("product_bf16_"), profile["memory"].Value, profile["call"].Value);
    }
}
