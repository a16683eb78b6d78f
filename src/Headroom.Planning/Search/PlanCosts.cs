namespace Headroom.Planning.Search;

/// <summary>From a step's seconds to a run's time, rent and energy.</summary>
internal static class PlanCosts
{
    private const double SecondsAnHour = 3600;

    public static double Seconds(SearchRequest request, double step, int nodes)
    {
        double training = step * request.Steps;
        return request.Spot is { } spot ? training * spot.Stretch(nodes, training) : training;
    }

    public static double? Dollars(SearchDevice device, int count, double seconds) => device.DollarsPerHour * count * seconds / SecondsAnHour;

    public static double? Joules(TrainingPlan plan) => plan.Watts is double watts ? watts * plan.Count * plan.Seconds * plan.Request.Power.Overhead : null;

    /// <summary>Joules that no run of so many accelerators and seconds is under: all of them idle.</summary>
    public static double JoulesAtLeast(SearchRequest request, SearchDevice device, int count, double seconds) => (device.WattsOf?.Invoke(0, 0) ?? 0) * count * seconds * request.Power.Overhead;
}
