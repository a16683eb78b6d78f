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
    [InlineData("train: { threads: 100000 }\n", "train.threads: 100000 is out of its range\nGive 1024 or less.")]
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
    [InlineData("data: { train: { reader: csv, separator: '' } }\n", "data.separator: it is empty")]
    [InlineData("data: { train: { reader: csv, skip_lines: -1 } }\n", "data.skip_lines: -1 is out of its range")]
    [InlineData("data: { train: { reader: csv, encoding: utf-9 } }\n", "data.encoding: the encoding 'utf-9' is unknown")]
    [InlineData("data: { train: { reader: text, encoding: utf-9 } }\n", "data.encoding: the encoding 'utf-9' is unknown")]
    [InlineData("data: { train: { reader: images, resize: [0, 3] } }\n", "data.resize: [0, 3] is no size")]
    [InlineData("data: { train: { reader: csv, path: 7 } }\n", "data.path: '7' is not text; put it in quotes")]
    [InlineData("data: { train: { reader: csv, drop: a } }\n", "data.drop: 'a' is not a list, such as [a, b]")]
    [InlineData("data: { train: { reader: csv, drop: [a, 7] } }\n", "'7' is not text; put it in quotes")]
    [InlineData("data: { train: { reader: csv, kinds: { a: numbr } } }\n", "data.kinds.a: 'numbr' is not one of text, category, number, integer, time, image. Did you mean 'number'?")]
    [InlineData("data: { train: { reader: csv, kinds: [a] } }\n", "is not a mapping, such as { a: b }")]
    [InlineData("data: { train: { reader: csv, header: maybe } }\n", "data.header: 'maybe' is not true or false")]
    [InlineData("data: { train: { reader: csv, skip_lines: few } }\n", "data.skip_lines: 'few' is not a whole number")]
    [InlineData("data: { train: { reader: csv, kinds: { [a]: b } } }\n", "keys are plain words")]
    [InlineData("data: { files: [{ file: a, sha256: b, source: here }] }\n", "'here' is not an address")]
    [InlineData("data: { files: [{ file: a, sha256: b, source: 'https://example.org/a' }] }\n", "SHA-256")]
    [InlineData("data: { train: &a { reader: csv, drop: *a } }\n", "an alias")]
    [InlineData("name: &a [*a]\n", "a single value is needed")]
    [InlineData("model:\n  preset: mlp\n  heads: 4\n", "line 3: 'model.heads' means nothing where model.preset is mlp; it belongs to encoder, decoder, llama, vit, dit and unet\nLeave it out; with mlp the settings here are dropout, hidden, preset.")]
    [InlineData("model:\n  stages: [3]\n  preset: decoder\n", "line 2: 'model.stages' means nothing where model.preset is decoder; it belongs to resnet")]
    [InlineData("model:\n  preset: unet\n  multipliers: []\n", "line 3, model.multipliers: the list is empty")]
    [InlineData("model:\n  preset: resnet\ntrain:\n  ema: 1.5\n", "line 4, train.ema: 1.5 is out of its range")]
    [InlineData("model:\n  preset: vit\n  patch: 0\n", "line 3, model.patch: 0 is out of its range")]
    [InlineData("model:\n  preset: resnet\n  patch: 4\n", "line 3: 'model.patch' means nothing where model.preset is resnet; it belongs to vit")]
    [InlineData("model:\n  preset: vit\n  width: 30\n  heads: 4\n", "line 3, model.width: 30 can't be divided among 4 heads")]
    [InlineData("data:\n  series: { horizon: 0 }\nmodel: { preset: forecaster }\n", "line 2, data.series.horizon: 0 is out of its range")]
    [InlineData("data:\n  series: { seasons: [] }\nmodel: { preset: forecaster }\n", "line 2, data.series.seasons: the list is empty")]
    [InlineData("data: { series: { length: 3 } }\nmodel: { preset: mlp }\n", "line 1: 'data.series' means nothing where model.preset is mlp; it belongs to forecaster")]
    [InlineData("model:\n  preset: forecaster\n  season: -1\n", "line 3, model.season: -1 is out of its range")]
    [InlineData("model: { preset: decoder, cell: gru }\n", "'model.cell' means nothing where model.preset is decoder; it belongs to forecaster")]
    [InlineData("model: { preset: mlp, file: net.onnx }\n", "it belongs to onnx")]
    [InlineData("data: { text: { length: 3 } }\nmodel: { preset: resnet }\n", "line 1: 'data.text' means nothing where model.preset is resnet")]
    [InlineData("data: { text: { tokenizer: characters } }\n", "line 1: 'data.text.tokenizer: characters' means nothing where model.preset is encoder; it belongs to decoder")]
    [InlineData("data: { text: { stride: 3 } }\n", "'data.text.stride' means nothing")]
    [InlineData("data:\n  text:\n    texts_per_row: 3\nmodel: { preset: llama }\n", "line 3: 'data.text.texts_per_row' means nothing where data.text.packing is false; it belongs to true")]
    [InlineData("data:\n  text:\n    packing: true\n    texts_per_row: 0\nmodel: { preset: llama }\n", "line 4, data.text.texts_per_row: 0 is out of its range")]
    [InlineData("data:\n  text:\n    packing: true\n    stride: 4\nmodel: { preset: llama }\n", "line 4, data.text.stride: it means nothing where data.text.packing is true")]
    [InlineData("data:\n  text: { packing: 3 }\nmodel: { preset: llama }\n", "line 2: 'data.text.packing': '3' is not true or false")]
    [InlineData("data:\n  text:\n    length: 8\n    row_length: 9\n", "line 4, data.text.row_length: it means nothing where data.text.packing is false")]
    [InlineData("data:\n  text:\n    packing: true\n    length: 64\n    row_length: 63\n", "line 5, data.text.row_length: 63 is less than data.text.length, 64")]
    [InlineData("data:\n  text:\n    row_length: 200\n    packing: true\nmodel: { preset: llama }\n", "line 3: 'data.text.row_length' means nothing where model.preset is llama; it belongs to encoder")]
    [InlineData("data: { text: { tokenizer: characters, vocabulary: 300 } }\nmodel: { preset: decoder }\n", "'data.text.vocabulary' means nothing where data.text.tokenizer is characters; it belongs to bpe")]
    [InlineData("data: { test: { reader: text, path: a.txt } }\nmodel: { preset: decoder }\n", "'data.test' means nothing")]
    [InlineData("train:\n  epochs: 2\n  momentum: 0.8\n", "line 3: 'train.momentum' means nothing where train.optimizer is adamw; it belongs to sgd")]
    [InlineData("evaluate: { sample_tokens: 3 }\n", "'evaluate.sample_tokens' means nothing")]
    [InlineData("train:\n  epochs: 2\n  batch: 0\n", "line 3, train.batch: 0 is out of its range")]
    [InlineData("data:\n  train:\n    reader: csv\n    path: a.csv\n    labels: y\n", "line 5, data.labels: the reader 'csv' has no setting 'labels'\nDid you mean 'label'?")]
    [InlineData("data:\n  train:\n    reader: csv\n    path: a.csv\n    skip_lines: x\n", "line 5, data.skip_lines")]
    public void A_fault_is_told_with_its_place(string yaml, string what)
    {
        var e = Assert.Throws<InputException>(() => Parse(yaml));
        Assert.StartsWith("headroom.yaml", e.Message, StringComparison.Ordinal);
        Assert.Contains(what, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_that_counts_for_its_preset_is_taken_wherever_the_preset_is_said()
    {
        Assert.Equal(0.3, Parse("train: { momentum: 0.3, optimizer: sgd }\nmodel: { dropout: 0.1, hidden: [3], preset: mlp }\n").Train.Momentum);
        Assert.Equal(3, Parse("data: { text: { stride: 3, tokenizer: characters } }\nevaluate: { sample_tokens: 3 }\nmodel: { preset: decoder, heads: }\n").Data.Text.Stride);
        Assert.Equal(2, Parse("data: { text: { texts_per_row: 2, packing: true } }\nmodel: { preset: llama }\n").Data.Text.TextsPerRow);
        Assert.Equal(Preset.Mlp, Parse("model: { preset: mlp, heads: }\n").Model.Preset);
    }

    [Fact]
    public void Faults_of_the_whole_file_name_a_line_too()
    {
        string folder = Directory.CreateTempSubdirectory("headroom-").FullName, file = Path.Combine(folder, ProjectFile.Name);
        foreach ((string yaml, string what) in new[] { ("data:\n  split:\n    train: 0.9\n", "line 2: the shares 0.9, 0.1, 0.1"), ("name: a\nevaluate:\n  gates: [good]\n", "line 3, evaluate.gates: 'good' is no gate") })
        {
            File.WriteAllText(file, yaml);
            Assert.Contains(file + ", " + what, Assert.Throws<InputException>(() => ProjectFile.Read(folder)).Message, StringComparison.Ordinal);
        }
        File.WriteAllBytes(file, [.. "name: caf"u8, 0xe9, (byte)'\n']);
        Assert.Contains("it holds bytes that are no UTF-8", Assert.Throws<InputException>(() => ProjectFile.Read(folder)).Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
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
