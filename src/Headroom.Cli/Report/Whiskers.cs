using Headroom.Evidence;

namespace Headroom.Cli.Report;

/// <summary>Two values with their intervals, one under the other on one axis.</summary>
internal static class Whiskers
{
    private const double Width = 720, Left = 175, Right = 600, Bottom = 78;
    private const int Ticks = 5;

    public static Html Of(Measurement ours, Measurement theirs, string kind)
    {
        double[] ends = [.. new[] { ours, theirs }.SelectMany(m => (double[])[m.Value, m.Interval?.Low ?? m.Value, m.Interval?.High ?? m.Value]).Where(double.IsFinite)];
        double factor = ours.Unit == "fraction" ? 100 : 1;
        Scale scale = Scale.Around(factor * ends.Min(), factor * ends.Max(), Left, Right, Ticks);
        string label = $"This model {Score.Value(ours, ours.Value)}, a {kind} {Score.Value(theirs, theirs.Value)}";
        return Plot.Svg(Width, Bottom + 28, label, Plot.AxisX(scale, Bottom, Ticks, factor == 100 ? " %" : "")
            + Row(scale, 24, "this model", ours, factor, "ours") + Row(scale, 54, kind, theirs, factor, "theirs"));
    }

    private static Html Row(Scale scale, double y, string name, Measurement m, double factor, string kind)
    {
        double low = Math.Clamp(scale.At(factor * (m.Interval?.Low ?? m.Value)), Left, Right), high = Math.Clamp(scale.At(factor * (m.Interval?.High ?? m.Value)), Left, Right);
        return Html.Of($"""
            <g class="whisker {kind}">{Plot.Text(Left - 14, y + 4, name, "end", "name")}
            <line x1="{low}" x2="{high}" y1="{y}" y2="{y}"/><line x1="{low}" x2="{low}" y1="{y - 5}" y2="{y + 5}"/><line x1="{high}" x2="{high}" y1="{y - 5}" y2="{y + 5}"/>
            <circle cx="{scale.At(factor * m.Value)}" cy="{y}" r="5"/>{Plot.Text(Right + 16, y + 4, Score.Value(m, m.Value), "start", "name")}</g>

            """);
    }
}
