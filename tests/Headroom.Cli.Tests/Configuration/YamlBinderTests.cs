using CsCheck;
using Headroom.Cli.Configuration;
using Headroom.Evidence;

namespace Headroom.Cli.Tests.Configuration;

public sealed class YamlBinderTests
{
    [Fact]
    public void What_is_not_said_keeps_its_default()
    {
        ProjectSettings s = Parse("train: { learning_rate: 0.5, clip_norm: }\nmodel:\n  preset: mlp\n  hidden: [7, 8]\n");
        Assert.Equal((0.5, 1, 64), (s.Train.LearningRate, s.Train.ClipNorm, s.Train.Batch));
        Assert.Equal((Preset.Mlp, 256), (s.Model.Preset, s.Model.Width));
        Assert.Equal([7L, 8L], s.Model.Hidden);
        Assert.True(s.Data.Split.Deduplicate);
    }

    [Fact]
    public void A_reader_keeps_its_own_keys_with_quoted_ones_as_text()
    {
        ReaderSettings r = Parse("data: { train: { reader: csv, path: '7', header: true, skip_lines: 3, drop: [a, b] } }\n").Data.Train!;
        Assert.Equal("""{"path":"7","header":true,"skip_lines":3,"drop":["a","b"]}""", r.Other.ToJsonString());
    }

    [Fact]
    public void An_alias_repeats_what_its_anchor_says()
    {
        DataSettings d = Parse("data:\n  train: &rows { reader: csv, path: a.csv }\n  test: *rows\n").Data;
        Assert.Equal(d.Train!.Other.ToJsonString(), d.Test!.Other.ToJsonString());
    }

    [Theory]
    [InlineData("data: [a\nmodel: }\n", "YAML")]
    [InlineData("train: {\n", "YAML")]
    [InlineData("train: 'a\n", "YAML")]
    [InlineData("train: { epochs: 1 }\ntrain: { epochs: 2 }\n", "Duplicate key")]
    [InlineData("hello\n", "line 1: the file: a mapping is needed")]
    [InlineData("", "0 YAML documents")]
    [InlineData("name: a\n---\nname: b\n", "2 YAML documents")]
    [InlineData("\n? [a, b]\n: 3\n", "line 2")]
    [InlineData("name: a\ntrian: { epochs: 1 }\n", "line 2: 'trian' is no setting\nDid you mean 'train'?")]
    [InlineData("train: 3\n", "'train': a mapping is needed")]
    [InlineData("train: { keep_best: maybe }\n", "'maybe' is not true or false")]
    [InlineData("train: { epochs: 1.5 }\n", "'1.5' is not a whole number")]
    [InlineData("train: { epochs: 99999999999 }\n", "'99999999999' is not a whole number")]
    [InlineData("train: { epochs: 1e400 }\n", "'1e400' is not a whole number")]
    [InlineData("train: { learning_rate: .nan }\n", "number")]
    [InlineData("train: { learning_rate: 1e999 }\n", "number")]
    [InlineData("train: { seed: -1 }\n", "'-1' is not a whole number")]
    [InlineData("train: { epochs: [1] }\n", "a single value is needed")]
    [InlineData("model: { preset: resnett }\n", "'resnett' is none of encoder, decoder, resnet, mlp")]
    [InlineData("model: { hidden: 3 }\n", "a list is needed")]
    [InlineData("model: { hidden: [~] }\n", "'model.hidden[0]': a value is needed")]
    [InlineData("model: { hidden: [0] }\n", "model.hidden: 0 is out of its range")]
    [InlineData("model: { dropout: 1 }\n", "model.dropout: 1 is out of its range")]
    [InlineData("model: { layers: 0 }\n", "model.layers: 0 is out of its range")]
    [InlineData("model: { heads: 0 }\n", "model.heads: 0 is out of its range")]
    [InlineData("model: { width: 10, heads: 3 }\n", "10 can't be divided among 3 heads")]
    [InlineData("model: { stages: [] }\n", "model.stages: the list is empty")]
    [InlineData("train: { epochs: 0 }\n", "train.epochs: 0 is out of its range")]
    [InlineData("train: { max_steps: -1 }\n", "train.max_steps")]
    [InlineData("train: { max_seconds: 0 }\n", "train.max_seconds")]
    [InlineData("train: { batch: 10, micro_batches: 3 }\n", "10 rows can't be cut into 3 micro-batches")]
    [InlineData("train: { batch: 10, micro_batches: 0 }\n", "train.micro_batches")]
    [InlineData("train: { patience: 0 }\n", "train.patience")]
    [InlineData("train: { threads: 0 }\n", "train.threads")]
    [InlineData("train: { learning_rate: 0 }\n", "train.learning_rate")]
    [InlineData("train: { weight_decay: -1 }\n", "train.weight_decay")]
    [InlineData("train: { momentum: 1 }\n", "train.momentum")]
    [InlineData("train: { warmup_steps: -1 }\n", "train.warmup_steps")]
    [InlineData("train: { checkpoint_seconds: -1 }\n", "train.checkpoint_seconds")]
    [InlineData("data: { text: { vocabulary: 100 } }\n", "data.text.vocabulary")]
    [InlineData("data: { text: { length: 0 } }\n", "data.text.length")]
    [InlineData("data: { train: { path: a.csv } }\n", "'reader' is not given")]
    [InlineData("data:\n  train:\n    reader: cvs\n", "line 3, data: there is no reader 'cvs'\nDid you mean 'csv'?")]
    [InlineData("data: { train: { reader: csv, skip_lines: x } }\n", "data.skip_lines")]
    [InlineData("data: { train: { reader: csv, kinds: { [a]: b } } }\n", "keys are plain words")]
    [InlineData("data: { files: [{ file: a, sha256: b, source: here }] }\n", "'here' is not an address")]
    [InlineData("data: { files: [{ file: a, sha256: b, source: 'https://example.org/a' }] }\n", "SHA-256")]
    [InlineData("data: { train: &a { reader: csv, drop: *a } }\n", "an alias")]
    [InlineData("name: &a [*a]\n", "a single value is needed")]
    public void A_fault_is_told_with_its_place(string yaml, string what)
    {
        var e = Assert.Throws<InputException>(() => Parse(yaml));
        Assert.StartsWith("headroom.yaml", e.Message, StringComparison.Ordinal);
        Assert.Contains(what, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Depth_and_growth_have_bounds()
    {
        Assert.Throws<InputException>(() => Parse("data: " + new string('[', 500_000)));
        // Each line holds the one before ten times: ten to the ninth values.
        string laughs = "data:\n  train:\n    reader: csv\n    a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 9).Select(i => $"    a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        Assert.Contains("an alias", Assert.Throws<InputException>(() => Parse(laughs)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_settings_or_refused()
    {
        const string alphabet = "ab:{}[]'\"&*!|>-? \n#%@,~0.\t";
        Gen.Int[0, alphabet.Length - 1].Array[0, 40].Select(i => string.Concat(i.Select(c => alphabet[c]))).Sample(
            text =>
            {
                try
                {
                    Parse(text);
                }
                catch (InputException)
                {
                    // Told as it should be.
                }
            },
            iter: 3000, threads: 1);
    }

    private static ProjectSettings Parse(string yaml) => new YamlBinder("headroom.yaml").Parse<ProjectSettings>(yaml);
}
