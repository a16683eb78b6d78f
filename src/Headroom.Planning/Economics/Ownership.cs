namespace Headroom.Planning.Economics;

/// <summary>What an accelerator of one's own costs.</summary>
/// <param name="Price">Of the device with its share of host, rack and network.</param>
/// <param name="Years">Until it is written off.</param>
/// <param name="Utilisation">Share of the time in which it works, above 0 to 1: what is written off in idle hours is paid by the busy ones.</param>
/// <param name="ResidualShare">Of the price, what it is sold for at the end.</param>
/// <param name="UpkeepShare">Of the price, a year: repairs, space, people.</param>
public sealed record Ownership(double Price, double Years, double Utilisation = 1, double ResidualShare = 0, double UpkeepShare = 0)
{
    private const double HoursAYear = 8766;

    /// <summary>Of an hour of work, power left out.</summary>
    public double HourlyCost => ((Price * (1 - ResidualShare) / Years) + (Price * UpkeepShare)) / (HoursAYear * Utilisation);

    /// <summary>Hours of work after which owning is as cheap as renting at a price an hour (power included in it); infinite where renting is cheaper for ever.</summary>
    /// <param name="rent">An hour of work.</param>
    /// <param name="power">Cost of power of an hour of work of one's own.</param>
    public double BreakEvenHours(double rent, double power)
    {
        // Upkeep goes on by the calendar, and so an hour of work carries its share.
        double saved = rent - power - (Price * UpkeepShare / (HoursAYear * Utilisation));
        return saved <= 0 ? double.PositiveInfinity : Price * (1 - ResidualShare) / saved;
    }
}
