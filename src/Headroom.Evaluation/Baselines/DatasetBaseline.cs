using System.Diagnostics;
using Headroom.Data;
using Headroom.Data.Columns;
using Headroom.Data.Features;
using Headroom.Data.Splits;
using Headroom.Evidence;
using Headroom.Evidence.Documents;

namespace Headroom.Evaluation.Baselines;

/// <summary>The linear baseline of a dataset's split, on features that follow from the input columns' kinds.</summary>
/// <remarks>Text becomes hashed TF-IDF of words and word pairs, a category one column a name, a number its standardised value, and an image alone its standardised pixels.
/// Everything is fitted on the training rows.</remarks>
public static class DatasetBaseline
{
    /// <summary>Weights at most, 4 bytes each, three times: with very many classes text is hashed to fewer columns.</summary>
    private const long WeightsAtMost = 1L << 26;

    /// <summary>Passes over images at most, whose rows have no zeros to skip.</summary>
    private const int EpochsOfImages = 4;

    /// <summary>Trains and measures it.</summary>
    /// <param name="data">All rows.</param>
    /// <param name="split">What each row serves for.</param>
    /// <param name="label">The classes, as the model has them.</param>
    /// <param name="settings">Of the training.</param>
    /// <param name="measures">Of the intervals.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>As <see cref="LinearBaseline.Run"/>, the time with that of the features.</returns>
    /// <exception cref="InputException">There are too few rows, no input column, or images beside other columns.</exception>
    public static Baseline Run(Dataset data, Split split, LabelEncoding label, LinearSettings? settings = null, MeasureSettings? measures = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(label);
        long started = Stopwatch.GetTimestamp();
        Dataset[] parts = [data.Take(split.Train), data.Take(split.Validation), data.Take(split.Test)];
        ColumnSpec[] inputs = [.. data.Schema.Inputs];
        bool images = inputs.Any(c => c.Kind == ColumnKind.Image);
        (string name, FeatureRows[] features) = images ? Pixels(parts, inputs) : Columns(parts, inputs, label.Classes.Count, cancellation);
        Dictionary<string, int> numbers = label.Classes.Index().ToDictionary(c => c.Item, c => c.Index, StringComparer.Ordinal);
        LabelledRows[] rows = [.. parts.Zip(features, (part, f) => new LabelledRows(f, Labels(part, label.Column, numbers)))];
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Baseline result = LinearBaseline.Run(name, rows[0], rows[1], rows[2], label.Classes, settings ?? (images ? new(Epochs: EpochsOfImages) : new()), measures, cancellation);
        return new Baseline(result.Name,
        [
            .. result.Measurements.Select(m => m.Name != LinearBaseline.SecondsName ? m
                : m with { Value = m.Value + seconds, Method = "wall time of features, training and prediction on one thread" }),
        ]);
    }

    private static int[] Labels(Dataset part, string column, Dictionary<string, int> numbers)
    {
        int[] labels = new int[part.Rows];
        for (int row = 0; row < labels.Length; row++)
        {
            string? name = part[column].Show(row);
            labels[row] = name is not null && numbers.TryGetValue(name, out int number) ? number
                : throw new InputException(part.OriginOf(row).ToString(), $"the label '{name}' is none of the {numbers.Count} classes of training.", "Mend the label, or add training rows of that class.");
        }
        return labels;
    }

    private static (string, FeatureRows[]) Pixels(Dataset[] parts, ColumnSpec[] inputs)
    {
        if (inputs.Length > 1) throw new InputException(parts[0].Name, "the linear baseline takes images alone, not beside other columns.", "Give the other columns the role 'note', or leave the baseline out.");
        IReadOnlyList<byte[]>[] images = [.. parts.Select(p => (IReadOnlyList<byte[]>)[.. p.Images(inputs[0].Name).Values.ToArray().Select(i => i.Values)])];
        PixelRows train = new(images[0]);
        return ("logistic regression on standardised pixels", [train, train.Like(images[1]), train.Like(images[2])]);
    }

    private static (string, FeatureRows[]) Columns(Dataset[] parts, ColumnSpec[] inputs, int classes, CancellationToken cancellation)
    {
        int texts = inputs.Count(c => c.Kind == ColumnKind.Text), bits = WordPairs.DefaultBits;
        while (bits > 8 && LinearModel.WeightsOf(Math.Max(1, texts) << bits, classes) > WeightsAtMost) bits--;
        List<Action<Dataset, int, SparseRows>> adders = [];
        int width = 0;
        foreach (ColumnSpec input in inputs)
        {
            cancellation.ThrowIfCancellationRequested();
            int offset = width;
            if (input.Kind == ColumnKind.Text)
            {
                WordPairs words = new(parts[0].Texts(input.Name).Values.ToArray(), bits);
                adders.Add((part, row, to) => words.Add(part.Texts(input.Name).Values[row], to, offset));
                width += words.Columns;
            }
            else if (input.Kind == ColumnKind.Category)
            {
                OneHot names = new(parts[0].Texts(input.Name).Values.ToArray());
                adders.Add((part, row, to) => names.Add(part.Texts(input.Name).Values[row], to, offset));
                width += names.Columns;
            }
            else
            {
                Standardized numbers = new(Enumerable.Range(0, parts[0].Rows).Select(row => Number(parts[0][input.Name], row)));
                adders.Add((part, row, to) => numbers.Add(Number(part[input.Name], row), to, offset));
                width += Standardized.Columns;
            }
        }
        string name = texts == inputs.Length ? "logistic regression on TF-IDF of words and word pairs"
            : texts == 0 ? "logistic regression on standardised numbers and one-hot categories" : "logistic regression on TF-IDF, standardised numbers and one-hot categories";
        return (name, [.. parts.Select(Rows)]);

        FeatureRows Rows(Dataset part)
        {
            SparseRows rows = new(width);
            for (int row = 0; row < part.Rows; row++)
            {
                if (row % 1000 == 0) cancellation.ThrowIfCancellationRequested();
                foreach (Action<Dataset, int, SparseRows> add in adders) add(part, row, rows);
                rows.EndRow();
            }
            return rows;
        }
    }

    private static double Number(Column column, int row) => column switch
    {
        NumberColumn numbers => numbers.Values[row],
        IntegerColumn whole when whole.Values[row] != IntegerColumn.Missing => whole.Values[row],
        _ => double.NaN,
    };
}
