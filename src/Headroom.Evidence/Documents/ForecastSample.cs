namespace Headroom.Evidence.Documents;

/// <summary>One window of a forecaster's test part, in the target's unit.</summary>
/// <param name="Series">Its name; empty where there is one alone.</param>
/// <param name="From">Where its first forecast step stands in the file.</param>
/// <param name="Past">The last steps before it.</param>
/// <param name="Truth">What came.</param>
/// <param name="Forecast">The model's.</param>
/// <param name="Naive">The seasonal naive forecast's.</param>
public sealed record ForecastSample(string Series, string From, IReadOnlyList<double> Past, IReadOnlyList<double> Truth, IReadOnlyList<double> Forecast, IReadOnlyList<double> Naive);
