using Headroom.Evaluation.Baselines;
using Headroom.Evidence;
using Headroom.Evidence.Documents;
using Headroom.Evidence.Randomness;

namespace Headroom.Evaluation.Tests;

public sealed class BaselineTests
{
    [Fact] // "cat" stands in both texts (idf 1), "dog" in one (idf 1 + ln 3/2); neither pair is shared
    public void A_row_is_TF_IDF_of_words_and_pairs_at_length_1()
    {
        WordPairs words = new(["the Cat", "a cat dog"]);
        SparseRows rows = new(words.Columns);
        words.Add("CAT cat dog!", rows);
        rows.EndRow();
        rows.Read(0, out _, out ReadOnlySpan<float> values);
        // cat twice; dog; cat-dog as in training; cat-cat is new.
        double rare = 1 + Math.Log(3 / 2.0), never = 1 + Math.Log(3);
        double[] expected = [1 + Math.Log(2), rare, rare, never];
        double length = Math.Sqrt(expected.Sum(x => x * x));
        Assert.Equal(expected.Select(x => x / length).Order(), values.ToArray().Select(v => (double)v).Order(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void A_text_without_words_is_an_empty_row()
    {
        WordPairs words = new(["some text"]);
        SparseRows rows = new(words.Columns);
        foreach (string? text in new[] { null, "", " - ! a" })
        {
            words.Add(text, rows);
            rows.EndRow();
        }
        for (int row = 0; row < 3; row++)
        {
            rows.Read(row, out ReadOnlySpan<int> columns, out _);
            Assert.True(columns.IsEmpty);
        }
    }

    [Fact]
    public void An_unknown_category_shares_the_column_of_a_missing_one()
    {
        OneHot names = new(["a", "b", null, "a"]);
        SparseRows rows = new(names.Columns);
        foreach (string? value in new[] { "a", "b", "new", null })
        {
            names.Add(value, rows, 0);
            rows.EndRow();
        }
        Assert.Equal([1, 2, 0, 0], Enumerable.Range(0, 4).Select(row =>
        {
            rows.Read(row, out ReadOnlySpan<int> columns, out _);
            return columns[0];
        }));
    }

    [Fact]
    public void Columns_out_of_order_are_refused()
    {
        SparseRows rows = new(5);
        rows.Add(3, 1);
        Assert.Throws<ArgumentException>(() => rows.Add(3, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Add(5, 1));
    }

    [Fact] // logits 2x - 1 and its negative: the best possible loss is the labels' own entropy, which is known
    public void A_logistic_model_is_found_again()
    {
        (LabelledRows train, double entropy) = Logistic(20_000, 1);
        (LabelledRows validation, _) = Logistic(4_000, 2);
        (LabelledRows test, double best) = Logistic(4_000, 3);
        Baseline result = LinearBaseline.Run("test", train, validation, test, ["no", "yes"]);
        double loss = result.Measurements.Single(m => m.Name == "baseline_log_loss").Value;
        Assert.InRange(loss, best - 0.02, best + 0.02);
        Assert.InRange(entropy, 0.3, 0.69);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits()
    {
        (LabelledRows train, _) = Logistic(500, 1);
        float[] Once() => LinearModel.Train(train.Features, train.Labels, train.Features, train.Labels, 2).Logits(train.Features);
        Assert.Equal(Once(), Once());
    }

    [Fact]
    public void Pixels_that_never_vary_count_for_nothing()
    {
        PixelRows rows = new([[0, 100, 7], [255, 101, 7]]);
        rows.Read(1, out _, out ReadOnlySpan<float> values);
        Assert.Equal(1, values[0], 1e-5f);
        Assert.Equal(0.5f / 8, values[1], 1e-5f); // the deviation counts as 8 levels at least
        Assert.Equal(0, values[2]);
    }

    [Fact]
    public void Without_validation_rows_a_tenth_of_training_is_held_out_and_too_few_rows_are_refused()
    {
        (LabelledRows train, _) = Logistic(300, 1);
        Assert.Equal(3, LinearBaseline.Run("test", train, null, train, ["no", "yes"]).Measurements.Count);
        Assert.Throws<InputException>(() => LinearBaseline.Run("test", train.Take([0, 1, 2]), null, train, ["no", "yes"]));
        Assert.Throws<InputException>(() => LinearBaseline.Run("test", new LabelledRows(train.Features, new int[300].Select(_ => 2).ToArray()), null, train, ["no", "yes"]));
    }

    private static (LabelledRows, double Entropy) Logistic(int count, ulong seed)
    {
        Philox random = new(seed, 0);
        float[] xs = new float[count];
        random.FillNormal(xs);
        SparseRows rows = new(1);
        int[] labels = new int[count];
        double entropy = 0;
        for (int i = 0; i < count; i++)
        {
            rows.Add(0, xs[i]);
            rows.EndRow();
            double p = 1 / (1 + Math.Exp(1 - (2 * xs[i])));
            labels[i] = new Philox(seed, 1).UniformDoubleAt((ulong)i) < p ? 1 : 0;
            entropy -= Math.Log(labels[i] == 1 ? p : 1 - p) / count;
        }
        return (new LabelledRows(rows, labels), entropy);
    }
}
