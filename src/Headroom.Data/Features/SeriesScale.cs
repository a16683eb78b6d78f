namespace Headroom.Data.Features;

/// <summary>How large one series' values are, over the steps that are trained on.</summary>
/// <param name="Series">Its name.</param>
/// <param name="Mean">By feature.</param>
/// <param name="Deviation">By feature (divisor n); 1 where all values are equal.</param>
public sealed record SeriesScale(string Series, IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation);
