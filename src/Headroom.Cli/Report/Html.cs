using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Headroom.Cli.Report;

/// <summary>A piece of HTML. Text that goes into the holes of <see cref="Of"/> is escaped; only other pieces go in as they are.</summary>
internal readonly record struct Html(string Text)
{
    public static readonly Html Empty = new("");

    public static Html operator +(Html a, Html b) => new(a.Text + b.Text);

    public static Html Of(HtmlTemplate template) => new(template.ToString());

    public static Html Join<T>(IEnumerable<T> items, Func<T, Html> each) => new(string.Concat(items.Select(item => each(item).Text)));

    /// <summary>Safe within elements and quoted attributes of HTML and XML; what neither may hold (control characters, half a surrogate pair) becomes U+FFFD.</summary>
    public static string Escape(string? text)
    {
        StringBuilder result = new((text?.Length ?? 0) + 16);
        foreach (Rune rune in (text ?? "").EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => result.Append("&amp;"),
                '<' => result.Append("&lt;"),
                '>' => result.Append("&gt;"),
                '"' => result.Append("&quot;"),
                '\'' => result.Append("&#39;"),
                '\t' or '\n' => result.Append((char)rune.Value),
                '\r' => result,
                < 0x20 or (>= 0x7F and < 0xA0) or 0xFFFE or 0xFFFF => result.Append('\uFFFD'),
                _ => result.Append(rune.ToString()),
            };
        }
        return result.ToString();
    }
}

/// <summary>Fills the holes of an interpolated string: text escaped, numbers as coordinates with at most two decimals, HTML as it is.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlTemplate
{
    private readonly StringBuilder _text;

    public HtmlTemplate(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + (16 * formattedCount));

    public void AppendLiteral(string literal) => _text.Append(literal);

    public void AppendFormatted(Html html) => _text.Append(html.Text);

    public void AppendFormatted(string? text) => _text.Append(Html.Escape(text));

    public void AppendFormatted(long number) => _text.Append(CultureInfo.InvariantCulture, $"{number}");

    public void AppendFormatted(double coordinate) => _text.Append((double.IsFinite(coordinate) ? coordinate : 0).ToString("0.##", CultureInfo.InvariantCulture));

    public override string ToString() => _text.ToString();
}
