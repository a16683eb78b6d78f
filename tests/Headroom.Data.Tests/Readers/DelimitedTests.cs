using Headroom.Data.Columns;
using Headroom.Data.Readers;

namespace Headroom.Data.Tests.Readers;

public sealed class DelimitedTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    private Dataset Csv(string text, Func<string, CsvReader>? make = null) => Scratch.Read((make ?? (p => new CsvReader { Path = p }))(scratch.Write("t.csv", text)));

    [Fact]
    public void Quoted_values_hold_separators_quotes_and_lines()
    {
        var data = Csv("a,b\n\"x, \"\"y\"\"\",\"1\n2\"\nz,3\n");
        Assert.Equal(["x, \"y\"", "z"], data.Texts("a").Values.ToArray());
        Assert.Equal(["1\n2", "3"], data.Texts("b").Values.ToArray());
        Assert.Equal([2L, 4L], [data.OriginOf(0).Line, data.OriginOf(1).Line]);
    }

    [Fact]
    public void Kinds_follow_from_values()
    {
        var data = Csv("n,c,t,y\n1.5,red," + new string('w', 80) + ",0\n,blue,short,1\n", p => new CsvReader { Path = p, Label = "y" });
        Assert.Equal([ColumnKind.Number, ColumnKind.Category, ColumnKind.Text, ColumnKind.Category], data.Schema.Columns.Select(c => c.Kind));
        Assert.True(double.IsNaN(data.Numbers("n").Values[1]));
        Assert.Equal("y", data.Schema.Label!.Name);
    }

    [Theory] // as pandas, R, C and Python write them
    [InlineData("NaN")]
    [InlineData("nan")]
    [InlineData("-NaN")]
    [InlineData("NA")]
    [InlineData("N/A")]
    [InlineData("null")]
    [InlineData("None")]
    [InlineData("inf")]
    [InlineData("-inf")]
    [InlineData("Infinity")]
    [InlineData("1e999")]
    public void A_number_that_is_not_there_is_missing_and_its_column_stays_one_of_numbers(string word)
    {
        var said = new List<string>();
        CsvReader Reader(string path, bool stated) => new() { Path = path, Label = "y", Source = new() { Report = said.Add }, Kinds = stated ? new Dictionary<string, ColumnKind> { ["n"] = ColumnKind.Integer } : null };
        var data = Csv($"n,y\n1,0\n{word},1\n3,0\n", p => Reader(p, stated: false));
        Assert.Equal([1, double.NaN, 3], data.Numbers("n").Values.ToArray());
        Assert.Equal("t.csv: NaN, NA, null and infinities among numbers are taken as missing values: 'n' (1)", Assert.Single(said));
        Assert.Null(Csv($"n,y\n1,0\n{word},1\n", p => Reader(p, stated: true))["n"].Show(1));
        // A label that is missing is no class of its own.
        Assert.Equal(["1", null, "3"], Csv($"a,y\nb,1\nc,{word}\nd,3\n", p => Reader(p, stated: false)).Texts("y").Values.ToArray());
    }

    [Fact]
    public void Beside_words_NaN_is_a_word_and_a_word_among_numbers_is_told()
    {
        var said = new List<string>();
        var data = Csv("food,n\nNaN,1\ndal,2\nNone,zero\n", p => new CsvReader { Path = p, Source = new() { Report = said.Add } });
        Assert.Equal(["NaN", "dal", "None"], data.Texts("food").Values.ToArray());
        Assert.Equal("t.csv: taken as categories or text, for one value at least is no number: 'n' ('zero' in line 4)", Assert.Single(said));
        Assert.Equal("categories 'food', 'n'; left out 'id'", data.Schema.Describe(["id"]));
    }

    [Fact] // as adult.data and adult.test are
    public void Headerless_file_with_missing_values_a_first_line_and_a_label_suffix_is_read()
    {
        var data = Csv("|1x3 Cross validator\n25, ?, <=50K.\n38, Private, >50K.\n", p => new CsvReader { Path = p, Columns = ["age", "work", "income"], SkipLines = 1, Missing = "?", Label = "income", LabelSuffix = "." });
        Assert.Equal([null, "Private"], data.Texts("work").Values.ToArray());
        Assert.Equal(["<=50K", ">50K"], data.Texts("income").Values.ToArray());
        Assert.Equal(2, data.OriginOf(0).Line);
    }

    [Fact]
    public void Broken_row_is_named_with_both_counts()
    {
        var message = Scratch.Fails(() => Csv("a,b,c\n1,2,3\n\n4,5\n"));
        Assert.Contains("t.csv, line 4", message);
        Assert.Contains("2 values", message);
        Assert.Contains("3", message);
    }

    [Fact]
    public void Value_of_the_wrong_kind_is_named() =>
        Assert.Contains("'x' in column 'a' is no number", Scratch.Fails(() => Csv("a\n1\nx\n", p => new CsvReader { Path = p, Kinds = new Dictionary<string, ColumnKind> { ["a"] = ColumnKind.Number } })));

    [Fact]
    public void Image_is_no_kind_of_a_text_file() =>
        Assert.Contains("cannot hold images", Scratch.Fails(() => Csv("a\n1\n", p => new CsvReader { Path = p, Kinds = new Dictionary<string, ColumnKind> { ["a"] = ColumnKind.Image } })));

    [Fact]
    public void Missing_label_column_names_the_nearest() =>
        Assert.Contains("Did you mean 'income'?", Scratch.Fails(() => Csv("age,income\n1,2\n", p => new CsvReader { Path = p, Label = "incme" })));

    [Theory] // what people give by mistake, and what they are told
    [InlineData("a,a,y\n1,2,x\n", "t.csv: 'a' names column 1 and column 2")]
    [InlineData(",a,y\n0,1,x\n", "t.csv: column 1 has no name")] // as pandas writes its index
    [InlineData("a;b;y\n1;2;x\n", "the header is one column, 'a;b;y'; its values may be separated by ';'\nSay separator: ';'.")]
    [InlineData("a\tb\ty\n1\t2\tx\n", "separated by tabs\nSay separator: \"\\t\".")]
    [InlineData("a,y\n1,\"x\n2,y\n", "line 2: a quote stands inside a value that is not quoted, or is never closed")]
    public void A_file_of_another_form_says_what_to_do(string text, string what) => Assert.Contains(what, Scratch.Fails(() => Csv(text, p => new CsvReader { Path = p, Label = "y" })));

    [Fact]
    public void A_folder_is_no_file() => Assert.Contains("this is a folder, not a file", Scratch.Fails(() => Scratch.Read(new CsvReader { Path = scratch.Folder })));

    [Fact]
    public void A_value_of_many_megabytes_is_a_quote_left_open() =>
        Assert.Contains("line 2: a value has over 16 MiB; a quote may never be closed", Scratch.Fails(() => Csv("a,y\n\"" + new string('z', 17 << 20) + "\",x\n")));

    [Fact]
    public void Empty_file_is_an_error() => Assert.Contains("empty", Scratch.Fails(() => Csv("")));

    [Fact]
    public void Header_alone_is_an_error() => Assert.Contains("no rows", Scratch.Fails(() => Csv("a,b\n")));

    [Fact]
    public void Bytes_that_are_no_text_are_an_error_unless_the_encoding_is_given()
    {
        var path = scratch.Write("l.csv", [(byte)'a', (byte)'\n', 0xe9, (byte)'\n']);
        Assert.Contains("latin1", Scratch.Fails(() => Scratch.Read(new CsvReader { Path = path })));
        Assert.Equal("é", Scratch.Read(new CsvReader { Path = path, Encoding = "latin1" }).Texts("a").Values[0]);
    }

    [Fact]
    public void Tabs_separate_and_quotes_are_characters()
    {
        var data = Scratch.Read(new TsvReader { Path = scratch.Write("t.tsv", "a\tb\nsay \"hi\tx\n") });
        Assert.Equal("say \"hi", data.Texts("a").Values[0]);
    }

    [Fact]
    public void Times_are_read_as_utc()
    {
        var data = Csv("t\n2026-01-02T03:04:05+01:00\n2026-01-01\n", p => new CsvReader { Path = p, Time = "t" });
        Assert.Equal(ColumnKind.Time, data.Schema.Columns[0].Kind);
        Assert.Equal("2026-01-02T02:04:05.0000000Z", data["t"].Show(0));
    }

    [Fact]
    public void Gzipped_file_is_unpacked()
    {
        var path = scratch.Write("t.csv.gz", Scratch.Gzip("a,b\n1,2\n"u8.ToArray()));
        Assert.Equal(1.0, Scratch.Read(new CsvReader { Path = path }).Numbers("a").Values[0]);
    }

    [Fact]
    public void Missing_file_says_how_to_give_the_folder() => Assert.Contains("HEADROOM_DATA", Scratch.Fails(() => Scratch.Read(new CsvReader { Path = "nowhere/t.csv", Source = new() { DataFolder = null, CacheFolder = scratch.Folder } })));

    [Fact]
    public void Adult_has_its_published_counts()
    {
        string[] columns = ["age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income"];
        CsvReader Reader(string path) => new() { Path = path, Columns = columns, Missing = "?", Label = "income", LabelSuffix = "." };
        var train = Scratch.Read(Reader(Scratch.Given("adult/adult.data")));
        var test = Scratch.Read(Reader(Scratch.Given("adult/adult.test.txt")));
        // adult.names: 32,561 and 16,281 rows, 24.08 % and 23.62 % above 50K
        Assert.Equal((32_561, 16_281), (train.Rows, test.Rows));
        Assert.Equal((7_841, 3_846), (train.Texts("income").Values.ToArray().Count(v => v == ">50K"), test.Texts("income").Values.ToArray().Count(v => v == ">50K")));
        Assert.Equal(1_836, train.Texts("workclass").Values.ToArray().Count(v => v is null));
    }
}
