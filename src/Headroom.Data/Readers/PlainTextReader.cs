using Headroom.Data.Columns;
using Headroom.Data.Sources;

namespace Headroom.Data.Readers;

/// <summary>Plain text: a row a line, a paragraph (blank lines between) or the whole file, in the column <c>text</c>.</summary>
[Reader("text")]
public sealed class PlainTextReader : Reader
{
    /// <summary>The file to read, plain or gzipped.</summary>
    public string? Path { get; init; }

    /// <summary>What makes a row.</summary>
    public TextUnit Unit { get; init; } = TextUnit.Line;

    /// <summary>The text's encoding: utf-8 (default), utf-16 or latin1.</summary>
    public string? Encoding { get; init; }

    /// <inheritdoc/>
    public override void Check() => InputFile.Decoder(Encoding, "data.encoding");

    /// <inheritdoc/>
    public override RowSource Open(CancellationToken cancellation = default)
    {
        var path = Locate(Path, cancellation: cancellation);
        var rows = Unit switch { TextUnit.Document => Document(path), TextUnit.Paragraph => Paragraphs(path), _ => Lines(path) };
        return new RowSource(new Schema(new ColumnSpec("text", ColumnKind.Text)), rows, path);
    }

    private static Row RowOf(string text, string path, long line) => new([Cell.Of(text)], new Origin(path, line));

    private IEnumerable<Row> Document(string path)
    {
        using var text = InputFile.OpenText(path, Encoding);
        yield return RowOf(InputFile.Text(path, () => 0, text.ReadToEnd), path, 1);
    }

    private IEnumerable<Row> Lines(string path)
    {
        foreach (var (line, number) in Numbered(path))
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return RowOf(line, path, number);
            }
        }
    }

    private IEnumerable<Row> Paragraphs(string path)
    {
        var lines = new List<string>();
        var first = 0L;
        foreach (var (line, number) in Numbered(path).Append(("", 0)))
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                first = lines.Count == 0 ? number : first;
                lines.Add(line);
            }
            else if (lines.Count > 0)
            {
                yield return RowOf(string.Join('\n', lines), path, first);
                lines.Clear();
            }
        }
    }

    private IEnumerable<(string Line, long Number)> Numbered(string path)
    {
        using var text = InputFile.OpenText(path, Encoding);
        for (var number = 1L; ; number++)
        {
            var at = number;
            if (InputFile.Text(path, () => at - 1, text.ReadLine) is not { } line)
            {
                yield break;
            }
            yield return (line, number);
        }
    }
}
