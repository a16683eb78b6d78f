using Headroom.Data.Columns;
using Headroom.Data.Features;
using Headroom.Data.Tables;
using Headroom.Data.Tokenizers;

namespace Headroom.Data.Tests.Features;

public sealed class FeatureTests
{
    private static readonly Schema Table = new(new ColumnSpec("n", ColumnKind.Number), new ColumnSpec("k", ColumnKind.Integer), new ColumnSpec("c", ColumnKind.Category), new ColumnSpec("y", ColumnKind.Category, ColumnRole.Label));

    private static Cell[] Row(double n, long k, string? c, string? y) => [Cell.Of(n), Cell.Of(k), Cell.Of(c), Cell.Of(y)];

    private static readonly Dataset Tabular = Scratch.Of(Table, Row(1, 5, "red", "b"), Row(3, 5, null, "a"), Row(double.NaN, 5, "blue", "b"), Row(100, 7, "green", "a"));

    private static float[] Floats(TensorTable table, string field)
    {
        var bytes = new byte[table.Rows * table.Fields[table.IndexOf(field)].RowBytes];
        table[field].CopyRows([.. Enumerable.Range(0, table.Rows)], bytes);
        return [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes)];
    }

    private static long[] Longs(TensorTable table, string field)
    {
        var bytes = new byte[table.Rows * table.Fields[table.IndexOf(field)].RowBytes];
        table[field].CopyRows([.. Enumerable.Range(0, table.Rows)], bytes);
        return [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(bytes)];
    }

    [Fact] // the fourth row is not trained on: neither its number nor its colour is known
    public void Tabular_encoding_knows_the_training_rows_only()
    {
        var encoding = TabularEncoding.Fit(Tabular, [0, 1, 2]);
        var n = encoding.Numbers[0];
        // 1, 3 and the median 2: mean 2, variance 2/3
        Assert.Equal((2, 2, 1), (n.Median, n.Mean, n.Missing));
        Assert.Equal(Math.Sqrt(2.0 / 3), n.StandardDeviation, 1e-12);
        Assert.Equal(1, encoding.Numbers[1].StandardDeviation); // constant
        Assert.Equal(["blue", "red"], encoding.Categories[0].Names);
        var table = new TensorTable(encoding.Encode(Tabular));
        Assert.Equal([1, 5, 3, 5, 2, 5, 100, 7], Floats(table, "numbers"));
        Assert.Equal([2, 0, 1, 0], Longs(table, "categories"));
    }

    [Theory]
    [InlineData(1e39)]
    [InlineData(-1e300)]
    public void A_number_that_fp32_has_no_room_for_is_named(double value)
    {
        var data = Scratch.Of(Table, Row(1, 5, "red", "b"), Row(value, 5, "red", "a"));
        Assert.Contains("made, line 2: ", Scratch.Fails(() => TabularEncoding.Fit(data, [0, 1])));
        Assert.Contains("in column 'n' is larger than an fp32 number can be", Scratch.Fails(() => TabularEncoding.Fit(data, [0]).Encode(data)));
    }

    [Fact] // divided by zero it would be NaN, from the first step on
    public void A_deviation_that_is_zero_in_fp32_divides_by_one() =>
        Assert.Equal(1, TabularEncoding.Fit(Scratch.Of(Table, Row(1e-60, 5, "red", "b"), Row(3e-60, 5, "red", "a")), [0, 1]).Numbers[0].StandardDeviation);

    [Fact]
    public void Labels_are_numbered_in_ordinal_order()
    {
        var label = LabelEncoding.Fit(Tabular, [0, 1], "y");
        Assert.Equal(["a", "b"], label.Classes);
        Assert.Equal([1, 0, 1, 0], Longs(new TensorTable(label.Encode(Tabular)), "label"));
    }

    [Fact]
    public void Label_faults_are_named()
    {
        var data = Scratch.Texts(("1", "a"), ("2", "b"), ("3", "c"), ("4", null!));
        Assert.Contains("the label 'c' is none of the 2 classes", Scratch.Fails(() => LabelEncoding.Fit(data, [0, 1], "label").Encode(data)));
        Assert.Contains("class 'd' of column 'label' has no training row", Scratch.Fails(() => LabelEncoding.Fit(data, [0, 1], "label", ["a", "b", "d"])));
        Assert.Contains("made, line 3: the label 'c'", Scratch.Fails(() => LabelEncoding.Fit(data, [0, 1, 2], "label", ["a", "b"])));
        Assert.Contains("made, line 4", Scratch.Fails(() => LabelEncoding.Fit(data, [0, 1, 3], "label")));
        Assert.Contains("is class 0 and class 1", Scratch.Fails(() => LabelEncoding.Fit(data, [0], "label", ["a", "a"])));
        Assert.Contains("one class only", Scratch.Fails(() => LabelEncoding.Fit(data, [0], "label")));
        Assert.Contains("Did you mean 'label'?", Scratch.Fails(() => LabelEncoding.Fit(data, [0], "lable")));
    }

    [Fact]
    public void Texts_are_cut_and_filled_up()
    {
        var data = Scratch.Texts(("ab ab ab ab ab ab", "a"), ("a", "b"), (null!, "b"));
        var encoding = TextEncoding.Fit(data, [0, 1], "text", 4, new BytePairOptions { VocabularySize = 260 });
        var ids = Longs(new TensorTable(encoding.Encode(data)), "tokens");
        Assert.Equal(12, ids.Length);
        Assert.DoesNotContain(0, ids[..4]);
        Assert.Equal([0, 0, 0], ids[5..8]);
        Assert.Equal([0, 0, 0, 0], ids[8..]);
    }

    [Fact]
    public void Image_encoding_has_mean_and_deviation_by_channel()
    {
        var schema = new Schema(new ColumnSpec("image", ColumnKind.Image));
        var data = Scratch.Of(schema, [Cell.Of(new Pixels([0, 10, 7, 7], 2, 1, 2))], [Cell.Of(new Pixels([20, 30, 7, 7], 2, 1, 2))], [Cell.Of(new Pixels([255, 255, 255, 255], 2, 1, 2))]);
        var encoding = ImageEncoding.Fit(data, [0, 1], "image");
        Assert.Equal([15, 7], encoding.Mean);
        Assert.Equal(Math.Sqrt(125), encoding.StandardDeviation[0], 1e-9);
        Assert.Equal(1, encoding.StandardDeviation[1]);
        Assert.Equal([0, 10, 7, 7, 20, 30, 7, 7, 255, 255, 255, 255], Floats(new TensorTable(encoding.Encode(data)), "image"));
    }

    [Fact] // the vector path and its tail
    public void Pixels_of_any_count_widen_to_the_same_numbers()
    {
        for (var n = 1; n < 200; n += 13)
        {
            var values = Enumerable.Range(0, n).Select(i => (byte)(i * 37)).ToArray();
            var table = new TensorTable(new PixelField(new Field("image", FieldType.Float32, [1, 1, n]), [new Pixels(values, 1, 1, n)]));
            Assert.Equal(values.Select(v => (float)v), Floats(table, "image"));
        }
    }

    [Fact]
    public void Windows_of_a_language_model_overlap_by_their_target()
    {
        var encoding = new LanguageModelEncoding { Length = 3, Tokenizer = new CharacterTokenizer("abcdefghij") };
        var table = encoding.Windows("abcdefghij", 3);
        Assert.Equal([1, 2, 3, 4, 4, 5, 6, 7, 7, 8, 9, 10], Longs(table, "tokens"));
        Assert.Equal(7, encoding.Windows("abcdefghij", 1).Rows);
        Assert.Contains("do not fill one window", Scratch.Fails(() => encoding.Windows("abc", 1)));
    }

    [Fact]
    public void Cut_text_is_the_whole_text_in_order()
    {
        var text = string.Concat(Enumerable.Range(0, 100).Select(i => $"line {i}\n"));
        var (train, validation, test) = LanguageModelEncoding.Cut(text, 0.8, 0.1, 0.1);
        Assert.Equal(text, train + validation + test);
        Assert.All([train, validation, test], part => Assert.EndsWith("\n", part));
        Assert.InRange(train.Length, 0.79 * text.Length, 0.82 * text.Length);
        Assert.Equal("", LanguageModelEncoding.Cut(text, 0.9, 0.1, 0).Test);
        Assert.Equal("", LanguageModelEncoding.Cut(text, 0.9, 0, 0.1).Validation);
    }

    [Fact] // a page without line ends was all trained on before, and nothing was left to measure with
    public void Text_in_one_line_is_cut_at_a_word_and_in_one_word_between_characters()
    {
        var words = string.Join(' ', Enumerable.Range(0, 200));
        foreach (var text in new[] { words, words + "\n", words.Replace(" ", ""), string.Concat(Enumerable.Repeat("😀", 50)) })
        {
            var (train, validation, test) = LanguageModelEncoding.Cut(text, 0.801, 0.099, 0.1);
            Assert.Equal(text, train + validation + test);
            Assert.InRange(train.Length, 0.8 * text.Length, 0.82 * text.Length);
            Assert.InRange(validation.Length, 0.08 * text.Length, 0.12 * text.Length);
            Assert.All([train, validation], part => Assert.False(char.IsHighSurrogate(part[^1])));
        }
        Assert.EndsWith(" ", LanguageModelEncoding.Cut(words, 0.8, 0.1, 0.1).Train);
    }

    [Fact]
    public void Preprocessing_encodes_alike_after_a_journey_through_json()
    {
        using var scratch = new Scratch();
        var texts = Scratch.Texts(("Gets the \"näme\".", "a"), ("Sets the value.", "b"));
        var target = Scratch.Of(new Schema(new ColumnSpec("p", ColumnKind.Number, ColumnRole.Label)), [Cell.Of(1.0)], [Cell.Of(3.0)]);
        Preprocessing[] all =
        [
            new() { Features = [TextEncoding.Fit(texts, [0, 1], "text", 8, new BytePairOptions { VocabularySize = 270 })], Label = LabelEncoding.Fit(texts, [0, 1], "label") },
            new() { Features = [TabularEncoding.Fit(Tabular, [0, 1, 2])], Label = LabelEncoding.Fit(Tabular, [0, 1], "y") },
            new() { Target = TargetEncoding.Fit(target, [0, 1], "p") },
        ];
        foreach (var (one, data) in all.Zip([texts, Tabular, target]))
        {
            one.Save(scratch.Path("preprocessing.json"));
            var other = Preprocessing.Load(scratch.Path("preprocessing.json"));
            Assert.Equal(one.ToJson(), other.ToJson());
            var (a, b) = (one.Encode(data), other.Encode(data));
            Assert.Equal(a.Fields.Select(f => f.Name), b.Fields.Select(f => f.Name));
            foreach (var field in a.Fields)
            {
                var (x, y) = (new byte[a.Rows * field.RowBytes], new byte[a.Rows * field.RowBytes]);
                a[field.Name].CopyRows([.. Enumerable.Range(0, a.Rows)], x);
                b[field.Name].CopyRows([.. Enumerable.Range(0, a.Rows)], y);
                Assert.Equal(x, y);
            }
        }
        var model = new Preprocessing { LanguageModel = new LanguageModelEncoding { Length = 2, Tokenizer = new CharacterTokenizer("ab\n") } };
        Assert.Equal([3, 1], Preprocessing.FromJson(model.ToJson()).LanguageModel!.Tokenizer.Encode("\na"));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"features\":[{\"kind\":\"nothing\"}]}")]
    [InlineData("{\"features\":[{\"kind\":\"text\",\"column\":\"t\"}]}")]
    public void Damaged_preprocessing_is_refused(string json) => Assert.Contains("no preprocessing", Scratch.Fails(() => Preprocessing.FromJson(json)));
}
