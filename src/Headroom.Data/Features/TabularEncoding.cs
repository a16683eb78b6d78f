using System.Globalization;
using System.Text.Json.Serialization;
using Headroom.Data.Columns;
using Headroom.Data.Tables;
using Headroom.Evidence;

namespace Headroom.Data.Features;

/// <summary>Number columns as field <c>numbers</c>, Float32 <c>[count]</c>, raw with missing values imputed; category columns as field <c>categories</c>, Int64 <c>[count]</c>.</summary>
public sealed record TabularEncoding : FeatureEncoding
{
    public const string NumbersField = "numbers";
    public const string CategoriesField = "categories";

    public required IReadOnlyList<NumberFeature> Numbers { get; init; }

    public required IReadOnlyList<CategoryFeature> Categories { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<Field> Fields =>
    [
        .. Numbers.Count > 0 ? [new Field(NumbersField, FieldType.Float32, [Numbers.Count])] : Array.Empty<Field>(),
        .. Categories.Count > 0 ? [new Field(CategoriesField, FieldType.Int64, [Categories.Count])] : Array.Empty<Field>(),
    ];

    /// <summary>Fits all number, integer, time and category columns that are inputs.</summary>
    /// <exception cref="InputException">There is none, or a number column has no value in the training rows.</exception>
    public static TabularEncoding Fit(Dataset data, ReadOnlySpan<int> trainRows)
    {
        var train = data.Take(trainRows);
        var inputs = train.Schema.Inputs.ToArray();
        var encoding = new TabularEncoding
        {
            Numbers = [.. inputs.Where(c => c.Kind is ColumnKind.Number or ColumnKind.Integer or ColumnKind.Time).Select(c => FitNumber(train, c.Name))],
            Categories = [.. inputs.Where(c => c.Kind == ColumnKind.Category).Select(c => FitCategory(train, c.Name))],
        };
        return encoding.Fields.Count > 0 ? encoding
            : throw new InputException(data.Name, "no input column holds numbers or categories", "State the columns' kinds under 'kinds'.");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<FieldSource> Encode(Dataset data)
    {
        var sources = new List<FieldSource>();
        foreach (var field in Fields)
        {
            sources.Add(field.Name == NumbersField ? new DenseField<float>(field, EncodeNumbers(data)) : new IdField(field, EncodeCategories(data)));
        }
        return sources;
    }

    private static NumberFeature FitNumber(Dataset train, string column)
    {
        var values = NumbersOf(train, column);
        var present = values.Where(v => !double.IsNaN(v)).Order().ToArray();
        if (present.Length == 0)
        {
            throw new InputException(train.Name, $"column '{column}' has no value in the training rows", "Leave it out under 'drop'.");
        }
        var middle = present.Length / 2;
        var median = present.Length % 2 == 1 ? present[middle] : (present[middle - 1] / 2) + (present[middle] / 2);
        var filled = values.Select(v => double.IsNaN(v) ? median : v).ToArray();
        var mean = filled.Average();
        var deviation = Math.Sqrt(filled.Average(v => (v - mean) * (v - mean)));
        return new NumberFeature(column, median, mean, (float)deviation > 0 ? deviation : 1, values.Length - present.Length);
    }

    private static CategoryFeature FitCategory(Dataset train, string column) =>
        new(column, [.. train.Texts(column).Values.ToArray().OfType<string>().Distinct().Order(StringComparer.Ordinal)]);

    /// <exception cref="InputException">The column holds no numbers, or one that the model's fp32 has no room for.</exception>
    private static double[] NumbersOf(Dataset data, string column)
    {
        var values = ValuesOf(data, column);
        var large = Array.FindIndex(values, v => Math.Abs(v) > float.MaxValue);
        return large < 0 ? values : throw new InputException(data.OriginOf(large).ToString(), $"{values[large].ToString("R", CultureInfo.InvariantCulture)} in column '{column}' is larger than an fp32 number can be (3.4e38)", "Mend the value, scale the column down, or leave it out under 'drop'.");
    }

    private static double[] ValuesOf(Dataset data, string column) => data[column] switch
    {
        NumberColumn numbers => numbers.Values.ToArray(),
        IntegerColumn whole => [.. whole.Values.ToArray().Select(v => v == IntegerColumn.Missing ? double.NaN : (double)v)],
        _ => throw new InputException(data.Name, $"column '{column}' holds {data[column].Spec.Kind}, in training it held numbers", "State its kind under 'kinds'."),
    };

    private float[] EncodeNumbers(Dataset data)
    {
        var all = new float[checked(data.Rows * Numbers.Count)];
        for (var n = 0; n < Numbers.Count; n++)
        {
            var values = NumbersOf(data, Numbers[n].Column);
            for (var row = 0; row < values.Length; row++)
            {
                all[(row * Numbers.Count) + n] = (float)(double.IsNaN(values[row]) ? Numbers[n].Median : values[row]);
            }
        }
        return all;
    }

    private int[] EncodeCategories(Dataset data)
    {
        var all = new int[checked(data.Rows * Categories.Count)];
        for (var c = 0; c < Categories.Count; c++)
        {
            var codes = Categories[c].Names.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i + 1, StringComparer.Ordinal);
            var values = data.Texts(Categories[c].Column).Values;
            for (var row = 0; row < values.Length; row++)
            {
                all[(row * Categories.Count) + c] = values[row] is { } name ? codes.GetValueOrDefault(name) : 0;
            }
        }
        return all;
    }
}
