namespace Headroom.Data.Series;

/// <summary>Where each series is cut in time: the beginning is trained on, the middle validates, the end tests.</summary>
/// <param name="Validation">The first step after what is trained on.</param>
/// <param name="Test">The first step after what validates.</param>
/// <param name="End">After the last step.</param>
public readonly record struct SeriesCut(int Validation, int Test, int End)
{
    /// <summary>By shares of the steps.</summary>
    public static SeriesCut Of(int steps, double train, double validation) => new((int)Math.Round(train * steps), (int)Math.Round((train + validation) * steps), steps);

    /// <summary>Places whose horizon lies within <c>[from, to)</c>, <paramref name="stride"/> steps apart, the last at the end. What is looked back on may lie before <paramref name="from"/>: it is known by then.</summary>
    /// <param name="from">The first step that may be forecast.</param>
    /// <param name="to">After the last one.</param>
    /// <param name="length">Steps looked back on.</param>
    /// <param name="horizon">Steps forecast.</param>
    /// <param name="stride">At least 1.</param>
    public static IEnumerable<int> Origins(int from, int to, int length, int horizon, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        int first = Math.Max(from, length), last = to - horizon;
        // Counted back from the end, so that the newest steps are always among them.
        if (last >= first) for (int origin = last - ((last - first) / stride * stride); origin <= last; origin += stride) yield return origin;
    }
}
