using System.Globalization;

namespace Headroom.Cli.Report;

/// <summary>Maps values to places along one axis of a plot.</summary>
internal readonly record struct Scale(double Low, double High, double From, double To)
{
    public double At(double value) => From + ((value - Low) / (High - Low) * (To - From));

    /// <summary>A scale from round number to round number that holds all values; where they are one, some room about it.</summary>
    public static Scale Around(double low, double high, double from, double to, int ticks)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || low > high) (low, high) = (0, 1);
        double least = Math.Max(1e-9, 1e-6 * Math.Max(Math.Abs(low), Math.Abs(high)));
        if (high - low < least) (low, high) = (low - (least / 2), high + (least / 2));
        double step = Step(low, high, ticks);
        return new Scale(Math.Floor((low / step) + 1e-9) * step, Math.Ceiling((high / step) - 1e-9) * step, from, to);
    }

    /// <summary>Round numbers within the scale, about as many as asked for, with just the digits that tell them apart.</summary>
    public IEnumerable<(double Value, string Label)> Ticks(int count)
    {
        double step = Step(Low, High, count);
        int decimals = (int)Math.Clamp(Math.Ceiling(-Math.Log10(step) - 1e-9), 0, 15);
        bool scientific = Math.Max(Math.Abs(Low), Math.Abs(High)) is >= 1e6 or < 1e-3;
        for (double n = Math.Ceiling((Low / step) - 1e-6); n * step <= High + (1e-6 * step); n++)
        {
            double value = n * step;
            string label = value == 0 ? "0" : value.ToString(scientific ? "0.##e0" : "N" + decimals, CultureInfo.InvariantCulture);
            yield return (value, label.Replace('-', '−'));
        }
    }

    /// <summary>1, 2 or 5 times a power of ten.</summary>
    private static double Step(double low, double high, int count)
    {
        double raw = (high - low) / Math.Max(1, count);
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return power * ((raw / power) switch { <= 1.0001 => 1, <= 2.0001 => 2, <= 5.0001 => 5, _ => 10 });
    }
}

/// <summary>The pieces of our plots, as inline SVG that takes its colours from the page's style sheet.</summary>
internal static class Plot
{
    /// <summary>A drawing of that size in its own units; it grows and shrinks with the page.</summary>
    public static Html Svg(double width, double height, string label, Html content, string kind = "") => Html.Of($"""
        <div class="scroll"><svg class="{kind}" viewBox="0 0 {width} {height}" style="max-width:{width * 1.2}px" role="img" aria-label="{label}">
        {content}</svg></div>

        """);

    /// <summary>Horizontal lines with their values at the left.</summary>
    public static Html GridY(Scale x, Scale y, int ticks) => Html.Join(y.Ticks(ticks), t => Html.Of($"""
        <line class="grid" x1="{x.From}" x2="{x.To}" y1="{y.At(t.Value)}" y2="{y.At(t.Value)}"/>{Text(x.From - 8, y.At(t.Value) + 4, t.Label, "end")}

        """));

    /// <summary>Short marks with their values beneath.</summary>
    public static Html AxisX(Scale x, double bottom, int ticks, string unit = "") => Html.Of($"<line class=\"axis\" x1=\"{x.From}\" x2=\"{x.To}\" y1=\"{bottom}\" y2=\"{bottom}\"/>\n")
        + Html.Join(x.Ticks(ticks), t => Html.Of($"""
        <line class="axis" x1="{x.At(t.Value)}" x2="{x.At(t.Value)}" y1="{bottom}" y2="{bottom + 4}"/>{Text(x.At(t.Value), bottom + 18, t.Label + unit, "middle")}

        """));

    public static Html Text(double x, double y, string text, string anchor = "start", string kind = "tick") =>
        Html.Of($"<text class=\"{kind}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>");

    public static Html Line(IEnumerable<(double X, double Y)> points, string kind) =>
        Html.Of($"<polyline class=\"{kind}\" points=\"{Html.Join(points, p => Html.Of($"{p.X},{p.Y} "))}\"/>\n");
}
