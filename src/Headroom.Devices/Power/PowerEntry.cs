namespace Headroom.Devices.Power;

/// <summary>What a processor or accelerator is made to take at the most for long: its thermal design power.</summary>
/// <param name="Name">As its maker calls it.</param>
/// <param name="Match">What its system's name for it contains.</param>
/// <param name="Watts">Of the whole device.</param>
/// <param name="Cores">Of a processor: cores; 0 for an accelerator.</param>
/// <param name="Source">The page that says so.</param>
public sealed record PowerEntry(string Name, string Match, double Watts, int Cores, string Source);
