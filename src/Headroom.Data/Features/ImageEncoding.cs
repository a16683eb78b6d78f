using System.Text.Json.Serialization;
using Headroom.Data.Tables;
using Headroom.Evidence;

namespace Headroom.Data.Features;

/// <summary>Images as field <c>image</c>, Float32 <c>[channels, height, width]</c>, raw values from 0 to 255 (kept in eight bits until a batch is made).</summary>
public sealed record ImageEncoding : FeatureEncoding
{
    public const string FieldName = "image";

    public required string Column { get; init; }

    /// <summary><c>[channels, height, width]</c>.</summary>
    public required IReadOnlyList<int> Shape { get; init; }

    /// <summary>By channel, over all pixels of the training rows, on the scale from 0 to 255; for the model's graph to normalise with.</summary>
    public required IReadOnlyList<double> Mean { get; init; }

    /// <summary>By channel, as <see cref="Mean"/> (divisor n); 1 where all pixels are equal.</summary>
    public required IReadOnlyList<double> StandardDeviation { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<Field> Fields => [new Field(FieldName, FieldType.Float32, [.. Shape])];

    /// <summary>Takes shape, mean and deviation from the training rows.</summary>
    /// <exception cref="InputException">The column is missing or holds no images.</exception>
    public static ImageEncoding Fit(Dataset data, ReadOnlySpan<int> trainRows, string column)
    {
        var images = data.Images(column).Values;
        var first = images[trainRows[0]];
        var plane = first.Height * first.Width;
        var (sums, squares) = (new long[first.Channels], new long[first.Channels]);
        foreach (var row in trainRows)
        {
            for (var c = 0; c < first.Channels; c++)
            {
                foreach (var value in images[row].Values.AsSpan(c * plane, plane))
                {
                    sums[c] += value;
                    squares[c] += value * value;
                }
            }
        }
        var count = (double)trainRows.Length * plane;
        var mean = sums.Select(s => s / count).ToArray();
        var deviation = squares.Select((s, c) => Math.Sqrt(Math.Max(0, (s / count) - (mean[c] * mean[c])))).Select(d => d > 1e-6 ? d : 1).ToArray();
        return new ImageEncoding { Column = column, Shape = [first.Channels, first.Height, first.Width], Mean = mean, StandardDeviation = deviation };
    }

    /// <inheritdoc/>
    public override IReadOnlyList<FieldSource> Encode(Dataset data)
    {
        var images = data.Images(Column).Values;
        var shape = $"[{string.Join(", ", Shape)}]";
        if (images[0].Shape != shape)
        {
            throw new InputException(data.OriginOf(0).ToString(), $"the image is {images[0].Shape}, in training images were {shape}", "Read images with the same 'color' and 'resize' as for training.");
        }
        return [new PixelField(Fields[0], images)];
    }
}
