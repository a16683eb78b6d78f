namespace Headroom.Data.Series;

/// <summary>A place to forecast from.</summary>
/// <param name="Series">Its number.</param>
/// <param name="Origin">The first step that is forecast; all before it is known.</param>
public readonly record struct SeriesWindow(int Series, int Origin);
