using Headroom.Data.Tables;
using Headroom.Evidence;

namespace Headroom.Data.Features;

/// <summary>A number to predict: field <c>target</c>, Float32 <c>[]</c>, raw; mean and deviation (divisor n) are those of the training rows.</summary>
public sealed record TargetEncoding
{
    public const string FieldName = "target";

    public required string Column { get; init; }

    public required double Mean { get; init; }

    public required double StandardDeviation { get; init; }

    /// <summary>Takes mean and deviation from the training rows.</summary>
    /// <exception cref="InputException">A value is missing, or the column holds no numbers.</exception>
    public static TargetEncoding Fit(Dataset data, ReadOnlySpan<int> trainRows, string column)
    {
        var train = data.Take(trainRows);
        var values = Values(train, column);
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
        return new TargetEncoding { Column = column, Mean = mean, StandardDeviation = deviation > 0 ? deviation : 1 };
    }

    /// <summary>The targets of all rows.</summary>
    /// <exception cref="InputException">A value is missing, or the column holds no numbers.</exception>
    public FieldSource Encode(Dataset data) => new DenseField<float>(new Field(FieldName, FieldType.Float32, []), [.. Values(data, Column).Select(v => (float)v)]);

    private static double[] Values(Dataset data, string column)
    {
        var values = data.Numbers(column).Values.ToArray();
        var missing = Array.FindIndex(values, double.IsNaN);
        return missing < 0 ? values : throw new InputException(data.OriginOf(missing).ToString(), $"the column '{column}' to predict has no value", "Fill it in, or remove the row.");
    }
}
