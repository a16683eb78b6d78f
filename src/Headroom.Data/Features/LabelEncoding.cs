using Headroom.Data.Columns;
using Headroom.Data.Tables;
using Headroom.Evidence;

namespace Headroom.Data.Features;

/// <summary>Class names as numbers: field <c>label</c>, Int64 <c>[]</c>.</summary>
public sealed record LabelEncoding
{
    public const string FieldName = "label";

    public required string Column { get; init; }

    /// <summary>By number; in ordinal order unless given.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Takes the classes from the training rows, or checks that each of the given ones has some.</summary>
    /// <exception cref="InputException">A label is missing or outside of the given classes, a given class has no training row, or there are fewer than two classes.</exception>
    public static LabelEncoding Fit(Dataset data, ReadOnlySpan<int> trainRows, string column, IReadOnlyList<string>? classes = null)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var labels = data[column];
        foreach (var row in trainRows)
        {
            seen.Add(Name(data, labels, row));
        }
        var encoding = new LabelEncoding { Column = column, Classes = classes ?? [.. seen.Order(StringComparer.Ordinal)] };
        if (encoding.Classes.FirstOrDefault(c => !seen.Contains(c)) is { } empty)
        {
            throw new InputException(data.Name, $"the class '{empty}' of column '{column}' has no training row", "Take it out of the classes, or add rows of it.");
        }
        if (encoding.Classes.Count < 2)
        {
            throw new InputException(data.Name, $"column '{column}' has one class only, '{encoding.Classes[0]}'", "A classifier needs rows of two classes or more.");
        }
        // A row outside of the given classes is named now rather than in the middle of training.
        var numbers = encoding.NumbersByName();
        foreach (var row in trainRows)
        {
            encoding.Number(data, labels, row, numbers);
        }
        return encoding;
    }

    /// <summary>The class numbers of all rows.</summary>
    /// <exception cref="InputException">A label is missing, or training had none like it.</exception>
    public FieldSource Encode(Dataset data)
    {
        var labels = data[Column];
        var byName = NumbersByName();
        var numbers = new int[data.Rows];
        for (var row = 0; row < numbers.Length; row++)
        {
            numbers[row] = Number(data, labels, row, byName);
        }
        return new IdField(new Field(FieldName, FieldType.Int64, []), numbers);
    }

    private static string Name(Dataset data, Column labels, int row) => labels is not ImageColumn && labels.Show(row) is { } name ? name
        : throw new InputException(data.OriginOf(row).ToString(), $"the label column '{labels.Spec.Name}' has no value", "Fill it in, or remove the row.");

    private Dictionary<string, int> NumbersByName()
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Classes.Count; i++)
        {
            if (!numbers.TryAdd(Classes[i], i))
            {
                throw new InputException("classes", $"'{Classes[i]}' is class {numbers[Classes[i]]} and class {i}", "Name each class once.");
            }
        }
        return numbers;
    }

    private int Number(Dataset data, Column labels, int row, Dictionary<string, int> numbers)
    {
        var name = Name(data, labels, row);
        return numbers.TryGetValue(name, out var number) ? number : throw new InputException(data.OriginOf(row).ToString(), $"the label '{name}' is none of the {Classes.Count} classes of training: {NameList.Of([.. Classes])}", "Mend the label, or add training rows of that class.");
    }
}
