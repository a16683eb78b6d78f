using Headroom.Data.Columns;

namespace Headroom.Data.Readers;

/// <summary>Finds a column's kind by its values: a number if each is one or stands for a missing one, a category if they are short and few, else text; a label of few whole numbers names classes.</summary>
internal sealed class KindInference(ColumnRole role)
{
    private const int MostCategories = 1_000;
    private const int LongestCategory = 60;
    private const int MostClasses = 100;

    private readonly HashSet<string> distinct = [];
    private bool whole = true, time = role == ColumnRole.Time;
    private int longest;

    /// <summary>Values that are numbers.</summary>
    public long Numbers { get; private set; }

    /// <summary>Values that neither are numbers nor stand for a missing one.</summary>
    public long Words { get; private set; }

    /// <summary>The first of the words, and its line.</summary>
    public (string Value, long Line) FirstWord { get; private set; }

    /// <summary>Whether it is a column of numbers, be it that they name classes.</summary>
    public bool IsNumeric => Numbers > 0 && Words == 0;

    public void See(string? value, long line)
    {
        if (value is null)
        {
            return;
        }
        if (NumberText.Parse(value) is not null)
        {
            Numbers++;
            whole = whole && value.All(c => char.IsAsciiDigit(c) || c == '-');
        }
        else if (!NumberText.IsMissing(value) && Words++ == 0)
        {
            FirstWord = (value, line);
        }
        time = time && TabularReader.ParseTime(value) is not null;
        longest = Math.Max(longest, value.Length);
        if (distinct.Count <= MostCategories && value.Length <= LongestCategory)
        {
            distinct.Add(value);
        }
    }

    public ColumnKind Kind => role switch
    {
        ColumnRole.Time when IsNumeric => ColumnKind.Number,
        ColumnRole.Time when Words > 0 && time => ColumnKind.Time,
        ColumnRole.Group => ColumnKind.Category,
        ColumnRole.Label when IsNumeric => whole && distinct.Count <= MostClasses ? ColumnKind.Category : ColumnKind.Number,
        ColumnRole.Label => ColumnKind.Category,
        _ when IsNumeric => ColumnKind.Number,
        _ => distinct.Count <= MostCategories && longest <= LongestCategory ? ColumnKind.Category : ColumnKind.Text,
    };
}
