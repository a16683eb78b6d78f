using System.IO.Compression;

namespace Headroom.EndToEnd.Tests;

/// <summary>Bad input ends with 2, says what and where, and leaves nothing behind.</summary>
public sealed class BadInputTests
{
    private const string Reader = "data:\n  train: { reader: csv, path: rows.csv, label: kind }\n";

    private const string Fine = Scratch.Data + Scratch.Model + Scratch.Train;

    /// <summary>Settings that are wrong, and what is said.</summary>
    [Theory]
    [InlineData("data: [a\nmodel: }\n", "headroom.yaml, line", "YAML")]
    [InlineData(Reader + "model: { preset: mlp }\ntrain: { epoch: 2 }\n", "headroom.yaml, line 4", "Did you mean 'epochs'?")]
    [InlineData(Reader + "model: { preset: mlp }\ntrain: { epochs: many }\n", "headroom.yaml, line 4", "'many' is not a whole number")]
    [InlineData("data:\n  train: { reader: cvs, path: rows.csv }\n", "headroom.yaml, line 2", "Did you mean 'csv'?")]
    [InlineData("data:\n  train: { reader: csv, path: rows.csv, labels: kind }\n", "headroom.yaml, line 2", "Did you mean 'label'?")]
    [InlineData("data:\n  train: { reader: csv, path: none.csv, label: kind }\nmodel: { preset: mlp }\n", "none.csv", "there is no such file")]
    [InlineData("data:\n  train: { reader: csv, path: rows.csv, label: kin }\nmodel: { preset: mlp }\n", "rows.csv", "Did you mean 'kind'?")]
    [InlineData("data:\n  train: { reader: csv, path: rows.csv, label: a }\nmodel: { preset: mlp }\n", "rows.csv", "'a' holds numbers")]
    [InlineData(Reader + "model: { preset: mlp }\ntrain: { batch: 1000 }\n", "headroom.yaml, line 4: train.batch is 1000", "rows to train on")]
    [InlineData(Reader + "model: { preset: encoder, width: 10, heads: 3 }\n", "headroom.yaml, line 3", "10 can't be divided among 3 heads")]
    [InlineData(Reader + "model: { preset: resnet }\n", "preset resnet takes one image column", "'a' (number)")]
    [InlineData("data:\n  train: { reader: csv, path: rows.csv, label: a, notes: [c, kind] }\n  series: { length: 900 }\nmodel: { preset: forecaster }\n", "headroom.yaml, line 3", "long enough for a window of 900 + 24 steps to train on")]
    [InlineData("data:\n  train: { reader: csv, path: rows.csv, label: a }\nmodel: { preset: forecaster }\n", "rows.csv", "the column 'c' holds Category, and a series is made of numbers")]
    [InlineData(Reader + "model: { preset: mlp, hidden: [9000000000000000000] }\n", "headroom.yaml, line 3", "more than any machine holds")]
    [InlineData(Reader + "model: { preset: onnx, file: none.onnx }\n", "none.onnx", "there is no such file")]
    [InlineData(Scratch.Data + Scratch.Model + Scratch.Train + "evaluate: { gates: [accuracy is high] }\n", "evaluate.gates", "compares nothing")]
    [InlineData(Scratch.Data + Scratch.Model + Scratch.Train + "evaluate: { gates: [acuracy >= 0.5] }\n", "evaluate.gates", "Did you mean 'accuracy'?")]
    public void Wrong_settings_are_refused(string settings, string where, string what)
    {
        using var s = new Scratch(settings);
        Refuses(s, where, what);
    }

    /// <summary>A line of the rows that is wrong.</summary>
    [Theory]
    [InlineData("1,2", "rows.csv, line 57", "the record has 2 values, the columns are 4")]
    [InlineData("0.1,0.2,re\"d,yes", "rows.csv, line 57", "a quote stands inside a value")]
    [InlineData("0.1,0.2,red,", "rows.csv, line 57", "the label column 'kind' has no value")]
    public void A_broken_row_is_named(string line, string where, string what)
    {
        using var s = new Scratch(Fine);
        s.Line(57, line);
        Refuses(s, where, what);
    }

    [Fact]
    public void A_value_of_another_kind_is_named()
    {
        using var s = new Scratch("data: { train: { reader: csv, path: rows.csv, label: kind, kinds: { a: number } } }\n" + Scratch.Model);
        s.Line(57, "zero,0.2,red,yes");
        Refuses(s, "rows.csv, line 57", "'zero' in column 'a' is no number");
    }

    [Fact]
    public void A_single_class_is_refused()
    {
        using var s = new Scratch(Fine);
        File.WriteAllText(s.Rows, File.ReadAllText(s.Rows).Replace(",no\n", ",yes\n", StringComparison.Ordinal));
        Refuses(s, "rows.csv", "has one class only, 'yes'");
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("a,b,c,kind\n", "there are no rows")]
    public void A_file_without_rows_is_refused(string content, string what)
    {
        using var s = new Scratch(Fine);
        File.WriteAllText(s.Rows, content);
        Refuses(s, "rows.csv", what);
    }

    [Fact]
    public void A_truncated_gz_is_refused()
    {
        using var s = new Scratch(Fine.Replace("rows.csv", "rows.csv.gz", StringComparison.Ordinal));
        using var whole = new MemoryStream();
        using (var gz = new GZipStream(whole, CompressionLevel.Fastest, leaveOpen: true)) gz.Write(File.ReadAllBytes(s.Rows));
        File.WriteAllBytes(s.Rows + ".gz", whole.ToArray()[..(int)(whole.Length / 2)]);
        Refuses(s, "rows.csv.gz", "corrupt or cut off");
    }

    [Fact]
    public void A_label_outside_the_given_classes_is_refused()
    {
        using var s = new Scratch("data: { train: { reader: images, path: pictures, class_names: [shirt, shoe] } }\nmodel: { preset: resnet }\n");
        Directory.CreateDirectory(Path.Combine(s.Project, "pictures", "2"));
        File.WriteAllBytes(Path.Combine(s.Project, "pictures", "2", "a.png"), [1, 2, 3]);
        Refuses(s, "pictures/2/a.png", "the label '2' is outside of 0 to 1");
    }

    [Fact]
    public void A_picture_that_is_none_is_refused()
    {
        using var s = new Scratch("data: { train: { reader: images, path: pictures } }\nmodel: { preset: resnet }\n");
        Directory.CreateDirectory(Path.Combine(s.Project, "pictures", "cats"));
        File.WriteAllBytes(Path.Combine(s.Project, "pictures", "cats", "a.png"), [1, 2, 3]);
        Refuses(s, "pictures/cats/a.png", "");
    }

    [Fact]
    public void A_class_without_pictures_is_refused()
    {
        using var s = new Scratch("data: { train: { reader: images, path: pictures } }\nmodel: { preset: resnet }\n");
        Directory.CreateDirectory(Path.Combine(s.Project, "pictures", "cats"));
        Refuses(s, "pictures/cats", "the class has no image");
    }

    [Fact]
    public void No_project_is_refused()
    {
        using var s = new Scratch();
        Refuses(s, "headroom.yaml", "there is no such file");
        Said none = Cli.Run(s.Root, "run", "nowhere");
        Assert.Equal(2, none.Code);
        Assert.Contains("nowhere: there is no such file", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_that_becomes_NaN_ends_with_the_step_and_the_rows()
    {
        using var s = new Scratch(Scratch.Data + Scratch.Model + "train: { epochs: 2, batch: 20, learning_rate: 1.0e30, clip_norm: 0, warmup_steps: 0, threads: 2 }\n");
        Said said = Cli.Run(s.Root, "run", "project");
        Assert.True(said.Code == 2, said.ToString());
        Assert.Matches(@"became (NaN|infinite) at step \d+, on the training rows \d+, \d+", said.Error);
        Assert.Matches(@"row \d+ is .*rows\.csv, line \d+", said.Error);
        Assert.DoesNotContain(s.Written, f => f.EndsWith("model.onnx", StringComparison.Ordinal) || f.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void A_step_that_memory_can_not_hold_is_refused_before_it_runs()
    {
        using var s = new Scratch(Scratch.Data + "model: { preset: mlp, hidden: [1000000, 1000000] }\n" + Scratch.Train);
        Said said = Cli.Run(s.Root, "run", "project");
        Assert.True(said.Code == 2, said.ToString());
        Assert.Contains("this machine has", said.Error, StringComparison.Ordinal);
        Assert.Empty(s.Written);
    }

    [Fact]
    public void A_folder_without_libtorch_is_refused()
    {
        using var s = new Scratch(Fine);
        Said said = Cli.Finish(Cli.Start(s.Root, new Dictionary<string, string> { ["HEADROOM_LIBTORCH"] = s.Project }, "run", "project"));
        Assert.Equal(2, said.Code);
        Assert.Contains("HEADROOM_LIBTORCH", said.Error, StringComparison.Ordinal);
        Assert.Empty(s.Written);
    }

    [Fact]
    public void A_working_directory_that_takes_no_files_is_refused()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("needs /proc, which takes no files from anybody");
        using var s = new Scratch(Fine);
        Said said = Cli.Run("/proc", "run", s.Project);
        Assert.True(said.Code == 2, said.ToString());
        Assert.Contains("/proc/.headroom", said.Error, StringComparison.Ordinal);
    }

    /// <summary>40 KiB hold a few checkpoints, not the run.</summary>
    [Theory]
    [InlineData("size=40k", "the disk is full")]
    [InlineData("size=40k,ro", "read-only")]
    public void A_disk_that_is_full_or_read_only_is_said_to_be(string mount, string what)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("needs a file system of its own, as Linux gives to each user");
        using var s = new Scratch(Fine.Replace("threads: 2", "threads: 2, checkpoint_seconds: 0", StringComparison.Ordinal));
        Directory.CreateDirectory(Path.Combine(s.Root, "disk"));
        string[] shell = ["unshare", "-rm", "sh", "-c"];
        string enter = $"mount -t tmpfs -o {mount} none disk && cd disk && ";
        if (!File.Exists("/usr/bin/unshare") || Cli.Script(s.Root, shell, enter + "true").Code != 0) Assert.Skip("this system lets no user mount a file system of their own");
        Said said = Cli.Script(s.Root, shell, enter + "\"$@\"; code=$?; find . -name '*.tmp' -o -name model.onnx; exit $code", "run", "../project");
        Assert.True(said.Code == 2, said.ToString());
        Assert.Contains(what, said.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(".tmp", said.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("model.onnx", said.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is a text, not a model\n")]
    [InlineData(null)]
    public void What_is_no_model_is_not_inspected(string? content)
    {
        using var s = new Scratch();
        string file = Path.Combine(s.Root, "model.onnx");
        if (content is not null) File.WriteAllText(file, content);
        Said said = Cli.Run(s.Root, "inspect", "model.onnx");
        Assert.True(said.Code == 2, said.ToString());
        Assert.Contains("model.onnx: ", said.Error, StringComparison.Ordinal);
        Assert.Empty(said.Out);
    }

    private static void Refuses(Scratch s, string where, string what)
    {
        Said said = Cli.Run(s.Root, "run", "project");
        Assert.True(said.Code == 2, said.ToString());
        Assert.StartsWith("error: ", said.Error, StringComparison.Ordinal);
        Assert.Contains(where, said.Error, StringComparison.Ordinal);
        Assert.Contains(what, said.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said.Error, StringComparison.Ordinal);
        Assert.Empty(s.Written);
    }
}
