using Headroom.Devices.Meters;
using Headroom.Devices.Power;
using Headroom.Evidence.Quantities;

namespace Headroom.Devices;

/// <summary>What some work took.</summary>
/// <param name="Joules">Null where nobody knows.</param>
/// <param name="Method">How it was measured or estimated, or why it is unknown.</param>
public readonly record struct EnergyReading(Joules? Joules, string Method);

/// <summary>Counts the energy of work: by the machine's meters, else by its power and the time.</summary>
public sealed class EnergyAccount
{
    private readonly (EnergyMeter Meter, double Start)[] _meters;
    private readonly MachinePower _power;
    private readonly TimeProvider _clock;
    private readonly long _start;

    private EnergyAccount(IEnumerable<EnergyMeter> meters, MachinePower power, TimeProvider clock)
    {
        (_power, _clock, _start) = (power, clock, clock.GetTimestamp());
        _meters = [.. meters.Select(m => (m, m.Read()))];
    }

    /// <summary>Begins to count. RAPL and hwmon count the same processor: the first that there is counts; a GPU's energy is added.</summary>
    /// <param name="searches">What was looked for; the machine's own meters without.</param>
    /// <param name="power">Stands in where there is no meter.</param>
    /// <param name="clock">For tests.</param>
    public static EnergyAccount Begin(IReadOnlyList<MeterSearch>? searches = null, MachinePower? power = null, TimeProvider? clock = null)
    {
        searches ??= Machine();
        EnergyMeter? processor = searches.Select(s => s.Meter).FirstOrDefault(m => m is RaplMeter or HwmonMeter);
        IEnumerable<EnergyMeter> others = searches.Select(s => s.Meter).OfType<EnergyMeter>().Where(m => m is not (RaplMeter or HwmonMeter));
        return new EnergyAccount([.. processor is null ? [] : new[] { processor }, .. others], power ?? MachinePower.Of(Environment.ProcessorCount), clock ?? TimeProvider.System);
    }

    /// <summary>The meters of this machine, and why others are missing.</summary>
    public static IReadOnlyList<MeterSearch> Machine() => [RaplMeter.Find(), HwmonMeter.Find(), NvmlMeter.Find()];

    /// <summary>What was taken since the beginning.</summary>
    public EnergyReading Read()
    {
        double seconds = _clock.GetElapsedTime(_start).TotalSeconds;
        if (_meters.Length == 0) return new EnergyReading(_power.Watts is Watts w ? new Joules(w.Value * seconds) : null, _power.Method);
        try
        {
            return new EnergyReading(new Joules(_meters.Sum(m => m.Meter.Read() - m.Start)), "measured: " + string.Join(" and ", _meters.Select(m => m.Meter.Name)) + "; what else ran there is counted too");
        }
        catch (IOException e)
        {
            return new EnergyReading(null, $"unknown: the meter failed: {e.Message}");
        }
    }
}
