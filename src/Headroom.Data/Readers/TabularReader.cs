using System.Globalization;
using Headroom.Data.Columns;
using Headroom.Evidence;

namespace Headroom.Data.Readers;

/// <summary>What readers of named text values share: roles, kinds (stated or inferred), missing values, the label's suffix.</summary>
public abstract class TabularReader : Reader
{
    private const int MostInferredCategories = 1_000;
    private const int LongestInferredCategory = 60;
    private const int MostInferredClasses = 100;

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

    /// <summary>A record's values by the file's columns, and the line on which it starts.</summary>
    private protected readonly record struct Record(string?[] Values, long Line);

    private protected RowSource Rows(string path, IReadOnlyList<string> names, Func<IEnumerable<Record>> read)
    {
        CheckNames(path, names);
        var kept = Enumerable.Range(0, names.Count).Where(i => Drop?.Contains(names[i]) != true).ToArray();
        var kinds = InferKinds(names, kept, read);
        var schema = new Schema(kept.Select(i => new ColumnSpec(names[i], kinds[i], RoleOf(names[i]))));
        return new RowSource(schema, Convert(path, names, kept, kinds, read), path);
    }

    private static double? ParseNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    private static long? ParseTime(string text) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time) ? time.Ticks : null;

    private void CheckNames(string path, IReadOnlyList<string> names)
    {
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

    private Dictionary<int, ColumnKind> InferKinds(IReadOnlyList<string> names, int[] kept, Func<IEnumerable<Record>> read)
    {
        var kinds = kept.Where(i => Kinds?.ContainsKey(names[i]) == true).ToDictionary(i => i, i => Kinds![names[i]]);
        var open = kept.Where(i => !kinds.ContainsKey(i)).ToDictionary(i => i, _ => new Inference());
        if (open.Count > 0)
        {
            foreach (var record in read())
            {
                foreach (var (i, inference) in open)
                {
                    inference.See(Clean(record.Values[i], names[i]));
                }
            }
        }
        foreach (var (i, inference) in open)
        {
            kinds[i] = inference.Kind(RoleOf(names[i]));
        }
        return kinds;
    }

    private IEnumerable<Row> Convert(string path, IReadOnlyList<string> names, int[] kept, Dictionary<int, ColumnKind> kinds, Func<IEnumerable<Record>> read)
    {
        foreach (var record in read())
        {
            var cells = new Cell[kept.Length];
            for (var c = 0; c < cells.Length; c++)
            {
                var i = kept[c];
                cells[c] = ToCell(Clean(record.Values[i], names[i]), kinds[i]) ?? throw new InputException(
                    new Origin(path, record.Line).ToString(), $"'{Clip(record.Values[i]!)}' in column '{names[i]}' is no {kinds[i].ToString().ToLowerInvariant()}",
                    $"Mend the value, give its text as 'missing', or give the column another kind under 'kinds'.");
            }
            yield return new Row(cells, new Origin(path, record.Line));
        }
    }

    private static string Clip(string value) => value.Length > 60 ? value[..60] + "..." : value;

    private static Cell? ToCell(string? value, ColumnKind kind) => kind switch
    {
        ColumnKind.Text or ColumnKind.Category => Cell.Of(value),
        ColumnKind.Number => value is null ? Cell.Of(double.NaN) : ParseNumber(value) is { } number ? Cell.Of(number) : null,
        ColumnKind.Integer => value is null ? Cell.Of(IntegerColumn.Missing)
            : long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? Cell.Of(whole) : null,
        ColumnKind.Time => value is null ? Cell.Of(IntegerColumn.Missing) : ParseTime(value) is { } ticks ? Cell.Of(ticks) : null,
        _ => null,
    };

    // A column is a number if every value is one, a category if its values are short and few, else text; a label of few whole numbers names classes.
    private sealed class Inference
    {
        private readonly HashSet<string> distinct = [];
        private bool number = true, whole = true, time = true, any;
        private int longest;

        public void See(string? value)
        {
            if (value is null)
            {
                return;
            }
            any = true;
            number = number && ParseNumber(value) is not null;
            whole = whole && number && value.All(c => char.IsAsciiDigit(c) || c == '-');
            time = time && !number && ParseTime(value) is not null;
            longest = Math.Max(longest, value.Length);
            if (distinct.Count <= MostInferredCategories && value.Length <= LongestInferredCategory)
            {
                distinct.Add(value);
            }
        }

        public ColumnKind Kind(ColumnRole role) => role switch
        {
            ColumnRole.Time when any && number => ColumnKind.Number,
            ColumnRole.Time when any && time => ColumnKind.Time,
            ColumnRole.Group => ColumnKind.Category,
            ColumnRole.Label when any && number => whole && distinct.Count <= MostInferredClasses ? ColumnKind.Category : ColumnKind.Number,
            ColumnRole.Label => ColumnKind.Category,
            _ when any && number => ColumnKind.Number,
            _ => distinct.Count <= MostInferredCategories && longest <= LongestInferredCategory ? ColumnKind.Category : ColumnKind.Text,
        };
    }
}
