using System.Globalization;
using Headroom.Data.Columns;
using Headroom.Data.Sources;
using Headroom.Evidence;

namespace Headroom.Data.Readers;

/// <summary>What readers of named text values share: roles, kinds (stated or inferred), missing values, the label's suffix.</summary>
public abstract class TabularReader : Reader
{
    /// <summary>The file to read, plain or gzipped.</summary>
    public string? Path { get; init; }

    /// <summary>Kinds by column; a column that is not named gets its kind from its values.</summary>
    public IReadOnlyDictionary<string, ColumnKind>? Kinds { get; init; }

    /// <summary>The column to predict.</summary>
    public string? Label { get; init; }

    /// <summary>The column whose equal values stay on one side of a split.</summary>
    public string? Group { get; init; }

    /// <summary>The column that orders the rows in time.</summary>
    public string? Time { get; init; }

    /// <summary>Columns that are carried along but neither trained on nor compared.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    /// <summary>Columns that are left out.</summary>
    public IReadOnlyList<string>? Drop { get; init; }

    /// <summary>The text that stands for a missing value, besides the empty one.</summary>
    public string? Missing { get; init; }

    /// <summary>A suffix that is cut from labels that end with it (the dot in adult.test).</summary>
    public string? LabelSuffix { get; init; }

    /// <summary>The text's encoding: utf-8 (default), utf-16 or latin1.</summary>
    public string? Encoding { get; init; }

    /// <inheritdoc/>
    public override void Check() => InputFile.Decoder(Encoding, "data.encoding");

    /// <summary>A record's values by the file's columns, and the line on which it starts.</summary>
    private protected readonly record struct Record(string?[] Values, long Line);

    // A column by its place among the file's; where it is numeric, NaN is a missing value and no name.
    private sealed record Kept(int Index, ColumnSpec Spec, bool IsNumeric);

    private protected RowSource Rows(string path, IReadOnlyList<string> names, Func<IEnumerable<Record>> read)
    {
        CheckNames(path, names);
        var columns = Keep(path, names, read);
        return new RowSource(new Schema(columns.Select(c => c.Spec)), Convert(path, columns, read), path);
    }

    internal static long? ParseTime(string text) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) ? time.Ticks : null;

    private void CheckNames(string path, IReadOnlyList<string> names)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (i, name) in names.Index())
        {
            if (string.IsNullOrWhiteSpace(name))
            {
                throw new InputException(path, $"column {i + 1} has no name", "Name it in the header, or name all of them under 'columns', with 'skip_lines: 1' to pass over the header.");
            }
            if (!seen.TryAdd(name, i))
            {
                throw new InputException(path, $"'{name}' names column {seen[name] + 1} and column {i + 1}", "Give each column a name of its own.");
            }
        }
        IEnumerable<string> wanted = [.. Kinds?.Keys ?? [], .. Notes ?? [], .. Drop ?? [], .. new[] { Label, Group, Time }.OfType<string>()];
        foreach (var name in wanted)
        {
            if (!names.Contains(name))
            {
                throw Schema.Missing(name, names, path);
            }
        }
        if (Kinds?.FirstOrDefault(k => k.Value == ColumnKind.Image) is { Key: { } image })
        {
            throw new InputException(path, $"column '{image}' cannot hold images", "Kinds here are text, category, number, integer and time; images are read by the readers 'images' and 'idx'.");
        }
    }

    private ColumnRole RoleOf(string name) =>
        name == Label ? ColumnRole.Label
        : name == Group ? ColumnRole.Group
        : name == Time ? ColumnRole.Time
        : Notes?.Contains(name) == true ? ColumnRole.Note
        : ColumnRole.Input;

    private string? Clean(string? value, string name)
    {
        if (string.IsNullOrEmpty(value) || value == Missing)
        {
            return null;
        }
        return name == Label && !string.IsNullOrEmpty(LabelSuffix) && value.EndsWith(LabelSuffix, StringComparison.Ordinal) ? value[..^LabelSuffix.Length] : value;
    }

    private Kept[] Keep(string path, IReadOnlyList<string> names, Func<IEnumerable<Record>> read)
    {
        int[] kept = [.. Enumerable.Range(0, names.Count).Where(i => Drop?.Contains(names[i]) != true)];
        var open = kept.Where(i => Kinds?.ContainsKey(names[i]) != true).ToDictionary(i => i, i => new KindInference(RoleOf(names[i])));
        if (open.Count > 0)
        {
            foreach (var record in read())
            {
                foreach (var (i, inference) in open)
                {
                    inference.See(Clean(record.Values[i], names[i]), record.Line);
                }
            }
        }
        Tell(path, "taken as categories or text, for one value at least is no number", [.. open.Where(c => c.Value.Numbers > c.Value.Words && c.Value.Words > 0 && RoleOf(names[c.Key]) == ColumnRole.Input)
            .Select(c => $"'{names[c.Key]}' ('{Clip(c.Value.FirstWord.Value)}' in line {c.Value.FirstWord.Line})")]);
        return [.. kept.Select(i => open.TryGetValue(i, out var inference)
            ? new Kept(i, new ColumnSpec(names[i], inference.Kind, RoleOf(names[i])), inference.IsNumeric)
            : new Kept(i, new ColumnSpec(names[i], Kinds![names[i]], RoleOf(names[i])), Kinds[names[i]] is ColumnKind.Number or ColumnKind.Integer))];
    }

    private IEnumerable<Row> Convert(string path, Kept[] columns, Func<IEnumerable<Record>> read)
    {
        var missing = new long[columns.Length];
        foreach (var record in read())
        {
            var cells = new Cell[columns.Length];
            for (var c = 0; c < cells.Length; c++)
            {
                var (i, spec, isNumeric) = columns[c];
                var value = Clean(record.Values[i], spec.Name);
                if (isNumeric && value is not null && NumberText.IsMissing(value))
                {
                    (value, missing[c]) = (null, missing[c] + 1);
                }
                cells[c] = ToCell(value, spec.Kind) ?? throw new InputException(
                    new Origin(path, record.Line).ToString(), $"'{Clip(record.Values[i]!)}' in column '{spec.Name}' is no {spec.Kind.ToString().ToLowerInvariant()}",
                    $"Mend the value, give its text as 'missing', or give the column another kind under 'kinds'.");
            }
            yield return new Row(cells, new Origin(path, record.Line));
        }
        Tell(path, "NaN, NA, null and infinities among numbers are taken as missing values", [.. columns.Zip(missing).Where(c => c.Second > 0).Select(c => $"'{c.First.Spec.Name}' ({c.Second})")]);
    }

    private void Tell(string path, string what, IReadOnlyCollection<string> columns)
    {
        if (columns.Count > 0)
        {
            Source.Report?.Invoke($"{System.IO.Path.GetFileName(path)}: {what}: {NameList.Plain(columns)}");
        }
    }

    private protected static string Clip(string value) => value.Length > 60 ? value[..60] + "..." : value;

    private static Cell? ToCell(string? value, ColumnKind kind) => kind switch
    {
        ColumnKind.Text or ColumnKind.Category => Cell.Of(value),
        ColumnKind.Number => value is null ? Cell.Of(double.NaN) : NumberText.Parse(value) is { } number ? Cell.Of(number) : null,
        ColumnKind.Integer => value is null ? Cell.Of(IntegerColumn.Missing)
            : long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? Cell.Of(whole) : null,
        ColumnKind.Time => value is null ? Cell.Of(IntegerColumn.Missing) : ParseTime(value) is { } ticks ? Cell.Of(ticks) : null,
        _ => null,
    };
}
