using Headroom.Evidence.Quantities;

namespace Headroom.Planning.Economics;

/// <summary>Energy of a run at the wall, its price and its carbon.</summary>
/// <param name="Overhead">PUE: what the building draws for each watt of the machines, at least 1.</param>
/// <param name="Price">Of a kWh; null where nobody said.</param>
/// <param name="GramsPerKilowattHour">CO2-equivalent of the grid; null where nobody said.</param>
public sealed record PowerUse(double Overhead, double? Price = null, double? GramsPerKilowattHour = null)
{
    private const double JoulesPerKilowattHour = 3.6e6;

    /// <summary>At the wall.</summary>
    public Joules Energy(Watts machines, Seconds time) => new(machines.Value * time.Value * Overhead);

    public double? Cost(Joules wall) => wall.Value / JoulesPerKilowattHour * Price;

    public double? Grams(Joules wall) => wall.Value / JoulesPerKilowattHour * GramsPerKilowattHour;
}
