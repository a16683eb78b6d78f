namespace Headroom.Cli.Report;

/// <summary>A table that scrolls sideways by itself where the screen is narrow.</summary>
internal static class Table
{
    /// <summary>A head of columns, those that begin with <c>#</c> for numbers, over rows.</summary>
    public static Html Of(IReadOnlyList<string> columns, Html rows, string kind = "") => Html.Of($"""
        <div class="scroll"><table class="{kind}">
        <thead><tr>{Html.Join(columns, c => c.StartsWith('#') ? Html.Of($"<th class=\"n\" scope=\"col\">{c[1..]}</th>") : Html.Of($"<th scope=\"col\">{c}</th>"))}</tr></thead>
        <tbody>
        {rows}</tbody>
        </table></div>

        """);

    public static Html Row(params ReadOnlySpan<Html> cells) => Html.Of($"<tr>{new Html(string.Concat(cells.ToArray().Select(c => c.Text)))}</tr>\n");

    /// <summary>The cell that names its row; a long name is broken where it must be.</summary>
    public static Html Name(string text) => Html.Of($"<th scope=\"row\">{text}</th>");

    public static Html Text(string text) => Html.Of($"<td>{text}</td>");

    public static Html Number(string text) => Html.Of($"<td class=\"n\">{text}</td>");

    /// <summary>A number over its bar; the part is cut to 0 to 1.</summary>
    public static Html Bar(string text, double? part, string kind = "") => Html.Of($"<td class=\"n bar\">{text}{Track(part, kind)}</td>");

    /// <summary>A bar alone.</summary>
    public static Html Track(double? part, string kind = "") =>
        Html.Of($"<span class=\"track\"><span class=\"fill {kind}\" style=\"width:{100 * Math.Clamp(double.IsFinite(part ?? 0) ? part ?? 0 : 0, 0, 1)}%\"></span></span>");
}
