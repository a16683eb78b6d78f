namespace Headroom.Devices.Meters;

/// <summary>A counter of the energy that a part of the machine has taken, from whenever it was first read. Read it before and after: the difference is what lay between.</summary>
/// <remarks>What else ran on that part in the meantime is counted too.</remarks>
public abstract class EnergyMeter
{
    /// <summary>What is measured, in words: <c>RAPL, 2 packages</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Joules since the meter was made; never falls.</summary>
    /// <exception cref="IOException">The counter can't be read any more.</exception>
    public abstract double Read();
}

/// <summary>What came of looking for a meter.</summary>
/// <param name="Meter">Null where there is none.</param>
/// <param name="Why">What was found, or why there is none.</param>
public readonly record struct MeterSearch(EnergyMeter? Meter, string Why);
