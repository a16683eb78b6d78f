using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Headroom.Data.Columns;
using Headroom.Data.Sources;
using Headroom.Evidence;

namespace Headroom.Data.Readers;

/// <summary>Records of separated values, quoted as RFC 4180 says.</summary>
public abstract class DelimitedReader : TabularReader
{
    // A quote that is never closed would take in the rest of the file as one field.
    private const int LargestField = 16 << 20;

    /// <summary>The columns' names where the file has no header line.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Whether the first line names the columns; by default it does unless <see cref="Columns"/> are given.</summary>
    public bool? Header { get; init; }

    /// <summary>Lines to pass over before the header or the first record.</summary>
    public int SkipLines { get; init; }

    /// <summary>Whether spaces around values are cut.</summary>
    public bool Trim { get; init; } = true;

    /// <summary>What separates values.</summary>
    public abstract string Separator { get; init; }

    /// <summary>Whether a field may be quoted; without, a quote is a character like any other.</summary>
    public abstract bool Quotes { get; init; }

    /// <inheritdoc/>
    public override void Check()
    {
        base.Check();
        if (Separator.Length == 0 || Separator.AsSpan().ContainsAny("\r\n\""))
        {
            throw new InputException("data.separator", Separator.Length == 0 ? "it is empty" : "a line end or a quote cannot separate values", "Give one such as ',' or ';' or \"\\t\".");
        }
        if (SkipLines < 0)
        {
            throw new InputException("data.skip_lines", $"{SkipLines} is out of its range", "Give 0 or more.");
        }
    }

    /// <inheritdoc/>
    public override RowSource Open(CancellationToken cancellation = default)
    {
        Check();
        var path = Locate(Path, cancellation: cancellation);
        var header = Header ?? Columns is null;
        var first = Records(path).FirstOrDefault();
        if (first.Values is null)
        {
            throw new InputException(path, "there are no records", "Check 'skip_lines', and that the file is the right one.");
        }
        if (Columns is not null && Columns.Count != first.Values.Length)
        {
            throw Count(path, first, Columns.Count, "'columns' names");
        }
        var names = Columns ?? (header ? [.. first.Values.Select(v => v ?? "")] : [.. Enumerable.Range(1, first.Values.Length).Select(i => $"column{i}")]);
        if (names is [{ } only] && Label is not null && Label != only && ",;\t|".FirstOrDefault(c => only.Contains(c)) is var other and not '\0')
        {
            throw new InputException(new Origin(path, first.Line).ToString(), $"the header is one column, '{Clip(only)}'; its values may be separated by {(other == '\t' ? "tabs" : $"'{other}'")}", $"Say separator: {(other == '\t' ? "\"\\t\"" : $"'{other}'")}.");
        }
        return Rows(path, names, () => Data(path, header, names.Count, cancellation));
    }

    private static InputException Count(string path, Record record, int expected, string who) => new(
        new Origin(path, record.Line).ToString(), $"the record has {record.Values.Length} values, {who} {expected}", "Mend the line; a value that holds the separator must be quoted.");

    private IEnumerable<Record> Data(string path, bool header, int columns, CancellationToken cancellation)
    {
        foreach (var record in Records(path).Skip(header ? 1 : 0))
        {
            cancellation.ThrowIfCancellationRequested();
            if (record.Values.Length != columns)
            {
                throw Count(path, record, columns, "the columns are");
            }
            yield return record;
        }
    }

    private IEnumerable<Record> Records(string path)
    {
        using var text = InputFile.OpenText(path, Encoding);
        for (var i = 0; i < SkipLines; i++)
        {
            var line = i;
            InputFile.Text(path, () => line, text.ReadLine);
        }
        using var parser = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = Separator,
            Mode = Quotes ? CsvMode.RFC4180 : CsvMode.NoEscape,
            TrimOptions = Trim ? TrimOptions.Trim : TrimOptions.None,
            MaxFieldSize = LargestField,
            BufferSize = 1 << 16,
        });
        while (true)
        {
            var line = SkipLines + parser.RawRow + 1;
            if (!Next(parser, path, line))
            {
                yield break;
            }
            // The parser passes over blank lines; the record then starts after them.
            yield return new Record(parser.Record!, Math.Max(line, SkipLines + parser.RawRow - parser.RawRecord.AsSpan().TrimEnd("\r\n").Count('\n')));
        }
    }

    private static bool Next(CsvParser parser, string path, long line)
    {
        try
        {
            return InputFile.Text(path, () => line - 1, parser.Read) && parser.Record is not null;
        }
        catch (BadDataException e)
        {
            throw new InputException($"{new Origin(path, line)}: a quote stands inside a value that is not quoted, or is never closed\nClose it, or double the quote and quote the value, or give 'quotes: false'.", e);
        }
        catch (MaxFieldSizeException e)
        {
            throw new InputException($"{new Origin(path, line)}: a value has over {LargestField >> 20} MiB; a quote may never be closed\nMend the line, or give 'quotes: false'.", e);
        }
        catch (CsvHelperException e)
        {
            throw new InputException($"{new Origin(path, line)}: the record cannot be read ({e.GetType().Name}); a quote may be missing\nMend the line, or give 'quotes: false'.", e);
        }
    }
}
