using System.Globalization;
using Headroom.Cli.Configuration;
using Headroom.Data;
using Headroom.Data.Columns;
using Headroom.Data.Features;
using Headroom.Data.Packing;
using Headroom.Data.Readers;
using Headroom.Data.Sources;
using Headroom.Data.Splits;
using Headroom.Data.Tables;
using Headroom.Data.Tokenizers;
using Headroom.Evidence;
using Headroom.Evidence.Runs;

namespace Headroom.Cli.Stages;

/// <summary>Reads the data that the settings name, splits it, and fits the encodings on the training rows.</summary>
internal sealed class Preparation(ProjectSettings settings, string folder, Action<string> report, CancellationToken cancellation)
{
    public Prepared Run()
    {
        DataSettings data = settings.Data;
        if (data.Train is null) throw new InputException(settings.Lines.At("data"), "'data.train' is not given", "Name a reader and its file, such as train: { reader: csv, path: rows.csv, label: class }.");
        // First: a name that is mistyped must not cost the reading of all rows.
        string? network = settings.Model.Preset switch
        {
            Preset.Onnx => Source().Resolve(settings.Model.File!, cancellation),
            Preset.Pretrained => Checkpoint(settings.Model.Folder!),
            _ => null,
        };
        string? judge = settings.Model.Preset.Draws() && settings.Evaluate.Classifier is string named ? Classifier(named) : null;
        Dataset train = Read(data.Train);
        return settings.Model.Preset.Task() switch
        {
            ModelTask.NextToken => LanguageModel(train, network),
            ModelTask.Forecast => new SeriesPreparation(settings, report).Run(train),
            _ => Classifier(train, network) with { Classifier = judge },
        };
    }

    private Prepared Classifier(Dataset train, string? network)
    {
        (Dataset all, Split split) = Divide(train);
        ColumnSpec label = all.Schema.Label ?? throw new InputException(settings.Lines.At("data.train"), "no column is the label", "Give 'label: <column>' beside the reader.");
        if (label.Kind is not ColumnKind.Category and not ColumnKind.Text)
            throw new InputException(all.Name, $"the label '{label.Name}' holds numbers, and the presets predict classes", $"Take another column as the label, or say that its values are names of classes: kinds: {{ {label.Name}: category }}.");
        SplitReport r = split.Report;
        report($"{all.Rows:N0} rows: {split.Train.Length:N0} to train, {split.Validation.Length:N0} to validate, {split.Test.Length:N0} to test; {r.Deduplicated + r.DroppedFromTrain + r.DroppedFromValidation:N0} repeats left out, so that no test input was trained on");
        if (split.Test.Length == 0) throw new InputException(settings.Lines.At("data.split"), "the split leaves no test rows", "Give data.test, or a test share in data.split.");
        var labels = LabelEncoding.Fit(all, split.Train, label.Name);
        var preprocessing = new Preprocessing { Features = Features(all, split.Train), Label = labels };
        TensorTable table = preprocessing.Encode(all);
        return new Prepared
        {
            Preprocessing = preprocessing,
            Train = settings.Data.Text.Packing ? Pack(table, split.Train, "train") : new Part(table, split.Train),
            Validation = settings.Data.Text.Packing && split.Validation.Length > 0 ? Pack(table, split.Validation, "validate") : new Part(table, split.Validation),
            Test = new Part(table, split.Test),
            Classes = labels.Classes,
            Fingerprint = all.Fingerprint,
            Dataset = all,
            Split = split,
            ModelFile = network,
        };
    }

    /// <summary>The network that judges drawn pictures: an ONNX file, or what the newest run of a name exported.</summary>
    private string Classifier(string named)
    {
        if (!named.StartsWith(RunPrefix, StringComparison.Ordinal)) return Source().Resolve(named, cancellation);
        string name = named[RunPrefix.Length..].Trim();
        return RunFolder.Latest(Environment.CurrentDirectory, name) is RunFolder latest && File.Exists(latest.Model)
            ? latest.Model
            : throw new InputException(settings.Lines.At("evaluate.classifier"), $"no run called '{name}' under {Environment.CurrentDirectory} has left a model.onnx", "Run its project first, from this folder.");
    }

    /// <summary>Before the name of a run, where a file or folder that it left is meant.</summary>
    private const string RunPrefix = "run:";

    /// <summary>A checkpoint's folder: one of the user's, or what the newest run of a name left.</summary>
    private string Checkpoint(string folder)
    {
        if (!folder.StartsWith(RunPrefix, StringComparison.Ordinal)) return Source().Resolve(folder, cancellation);
        string name = folder[RunPrefix.Length..].Trim();
        return RunFolder.Latest(Environment.CurrentDirectory, name) is RunFolder latest && Directory.Exists(RunContext.HuggingFaceIn(latest.Path))
            ? RunContext.HuggingFaceIn(latest.Path)
            : throw new InputException(settings.Lines.At("model.folder"), $"no run called '{name}' under {Environment.CurrentDirectory} has left a {Path.GetFileName(RunContext.HuggingFaceIn("run"))} folder", "Run its project first, from this folder.");
    }

    private (Dataset All, Split Split) Divide(Dataset train)
    {
        if (settings.Data.Test is null) return (train, Splitter.Divide(train, settings.Data.Split));
        Dataset all = train.Append(Read(settings.Data.Test));
        return (all, Splitter.WithTest(all, train.Rows, settings.Data.Split with { Test = 0 }));
    }

    private Dataset Read(ReaderSettings reader)
    {
        Reader r = ReaderCatalog.Create(reader.Reader, reader.Other);
        r.Source = Source();
        report($"reading {reader.Reader} {reader.Other["path"]}".TrimEnd());
        Dataset data = r.Read(cancellation);
        // A column that is taken for what it isn't spoils a model in silence.
        if (r is TabularReader table && ReferenceEquals(reader, settings.Data.Train)) report($"columns: {data.Schema.Describe(table.Drop)}");
        return data;
    }

    private DataSource Source() => new()
    {
        BaseFolder = folder,
        Files = [.. settings.Data.Files.Select(f => new SourceFile(f.File, f.Sha256, f.Source!, f.Subfolder))],
        Report = report,
    };

    private List<FeatureEncoding> Features(Dataset data, int[] train)
    {
        List<ColumnSpec> inputs = [.. data.Schema.Inputs];
        List<ColumnSpec> texts = [.. inputs.Where(c => c.Kind == ColumnKind.Text)], images = [.. inputs.Where(c => c.Kind == ColumnKind.Image)];
        Require(Preset.Encoder, texts.Count == 1 && inputs.Count == 1, "one text column", inputs);
        Require(Preset.Resnet, images.Count == 1 && inputs.Count == 1, "one image column", inputs);
        Require(Preset.Unet, images.Count == 1 && inputs.Count == 1, "one image column", inputs);
        Require(Preset.Dit, images.Count == 1 && inputs.Count == 1, "one image column", inputs);
        Require(Preset.Vit, images.Count == 1 && inputs.Count == 1, "one image column", inputs);
        Require(Preset.Onnx, images.Count == 1 && inputs.Count == 1, "one image column", inputs);
        Require(Preset.Mlp, texts.Count == 0 && images.Count == 0, "number and category columns", inputs);
        TextSettings t = settings.Data.Text;
        return settings.Model.Preset switch
        {
            Preset.Encoder => [TextEncoding.Fit(data, train, texts[0].Name, t.Length, Options(t), cancellation)],
            Preset.Resnet or Preset.Vit or Preset.Onnx or Preset.Unet or Preset.Dit => [ImageEncoding.Fit(data, train, images[0].Name)],
            _ => [TabularEncoding.Fit(data, train)],
        };
    }

    /// <summary>Texts of a classifier that share rows; those of the test stand alone, as the exported model takes them.</summary>
    private Part Pack(TensorTable table, int[] rows, string part)
    {
        TextSettings t = settings.Data.Text;
        var (tokens, labels) = ((IdField)table[TextEncoding.FieldName], (IdField)table[LabelEncoding.FieldName]);
        PackedTexts packed = PackedTexts.Pack([.. rows.Select(r => tokens.Row(r).TrimEnd(TextTokenizer.PadId).ToArray())], [.. rows.Select(r => labels.Row(r)[0])], t.EncoderRow, t.EncoderTexts, settings.Train.Seed);
        double alone = 1 - (packed.Tokens / ((double)rows.Length * t.Length));
        report(string.Create(CultureInfo.InvariantCulture, $"{packed.Texts:N0} texts to {part} on, {packed.Tokens:N0} tokens: {packed.Table.Rows:N0} rows of {t.EncoderRow} with {packed.Padding:P1} of padding; one text a row of {t.Length} would be {alone:P1}"));
        return All(packed.Table);
    }

    private static BytePairOptions Options(TextSettings t) => new()
    {
        VocabularySize = t.Vocabulary,
        Lowercase = t.Lowercase,
        Pattern = t.Pattern == PatternKind.Identifiers ? WordPattern.Identifiers : WordPattern.Words,
    };

    private void Require(Preset preset, bool fits, string wanted, List<ColumnSpec> inputs)
    {
        if (settings.Model.Preset != preset || fits) return;
        throw new InputException(
            settings.Lines.At("model.preset"),
            $"model.preset {YamlBinder.Key(preset.ToString())} takes {wanted}; the data has {string.Join(", ", inputs.Select(c => $"'{c.Name}' ({c.Kind.ToString().ToLowerInvariant()})"))}",
            $"Take another preset{Fitting(inputs)}, or leave columns out with 'drop' or 'notes', or say their kinds with 'kinds'.");
    }

    /// <summary>The preset that takes the columns as they are, for the message.</summary>
    private static string Fitting(List<ColumnSpec> inputs) => inputs.All(c => c.Kind is not ColumnKind.Text and not ColumnKind.Image) ? ", such as mlp"
        : inputs is [{ Kind: ColumnKind.Text }] ? ", such as encoder" : inputs is [{ Kind: ColumnKind.Image }] ? ", such as resnet" : "";

    private Prepared LanguageModel(Dataset data, string? checkpoint)
    {
        ColumnSpec column = data.Schema.Columns.FirstOrDefault(c => c.Kind == ColumnKind.Text) ?? throw new InputException(settings.Lines.At("data.train"), "a language model needs a text column", "Take the reader 'text'.");
        TextColumn texts = data.Texts(column.Name);
        if (settings.Data.Text.Packing) return Documents(data, texts, checkpoint);
        string text = string.Join('\n', Enumerable.Range(0, data.Rows).Select(texts.Show));
        SplitOptions shares = settings.Data.Split;
        if (shares.Test == 0) throw new InputException(settings.Lines.At("data.split"), "the split leaves no text to test on", "Give a test share in data.split.");
        (string train, string validation, string test) = LanguageModelEncoding.Cut(text, shares.Train, shares.Validation, shares.Test);
        TextSettings t = settings.Data.Text;
        TextTokenizer tokenizer = Tokenizer([train], checkpoint);
        var encoding = new LanguageModelEncoding { Length = t.Length, Tokenizer = tokenizer };
        Part training = Windows(encoding, train, t.Stride ?? Math.Max(1, t.Length / 2), $"{data.Name}, the part to train on");
        // Validation and test see every token once.
        Part validating = shares.Validation == 0 ? training with { Rows = [] } : Windows(encoding, validation, t.Length, $"{data.Name}, the part to validate on");
        Part testing = Windows(encoding, test, t.Length, $"{data.Name}, the part to test on");
        report($"{text.Length:N0} characters, {tokenizer.VocabularySize:N0} tokens in the vocabulary; windows: {training.Rows.Length:N0} to train, {validating.Rows.Length:N0} to validate, {testing.Rows.Length:N0} to test");
        return new Prepared
        {
            Preprocessing = new Preprocessing { LanguageModel = encoding },
            Train = training,
            Validation = validating,
            Test = testing,
            Fingerprint = data.Fingerprint,
            Dataset = data,
            ModelFile = checkpoint,
        };
    }

    /// <summary>Each row of the data as a document of its own: the split divides documents, and several share a row of the model.</summary>
    private Prepared Documents(Dataset data, TextColumn texts, string? checkpoint)
    {
        Split split = Splitter.Divide(data, settings.Data.Split);
        if (split.Test.Length == 0) throw new InputException(settings.Lines.At("data.split"), "the split leaves no text to test on", "Give a test share in data.split.");
        // The line end is what the model learns to end a document with, as in a stream of lines.
        IEnumerable<string> Of(int[] rows) => rows.Select(r => texts.Show(r) + '\n');
        var encoding = new LanguageModelEncoding { Length = settings.Data.Text.Length, Tokenizer = Tokenizer(Of(split.Train), checkpoint) };
        PackedDocuments Pack(int[] rows, int most, string part)
            => PackedDocuments.Pack([.. Of(rows).AsParallel().AsOrdered().Select(encoding.Tokenizer.Encode)], encoding.Length, most, settings.Train.Seed, $"{data.Name}, the part to {part} on");
        int most = settings.Data.Text.TextsPerRow ?? int.MaxValue;
        PackedDocuments train = Pack(split.Train, most, "train");
        PackedDocuments? validation = split.Validation.Length == 0 ? null : Pack(split.Validation, most, "validate");
        // The exported model knows of no neighbours: it is tested with one document a row.
        PackedDocuments test = Pack(split.Test, 1, "test");
        report(string.Create(CultureInfo.InvariantCulture, $"{train.Documents:N0} documents to train on, {train.Predictions:N0} tokens to predict, {encoding.Tokenizer.VocabularySize:N0} in the vocabulary; rows of {encoding.Length}: {train.Table.Rows:N0} packed with {train.Padding:P1} of padding; one document a row would be {train.Pieces:N0} with {train.PaddingAlone:P1}"));
        return new Prepared
        {
            Preprocessing = new Preprocessing { LanguageModel = encoding },
            Train = All(train.Table),
            Validation = validation is null ? new Part(train.Table, []) : All(validation.Table),
            Test = All(test.Table),
            Fingerprint = data.Fingerprint,
            Dataset = data,
            ModelFile = checkpoint,
        };
    }

    private static Part All(TensorTable table) => new(table, [.. Enumerable.Range(0, table.Rows)]);

    private TextTokenizer Tokenizer(IEnumerable<string> train, string? checkpoint) => checkpoint is not null ? TokenizerJson.Read(Path.Combine(checkpoint, TokenizerJson.FileName))
        : settings.Data.Text.Tokenizer == TokenizerKind.Characters ? CharacterTokenizer.Train(string.Concat(train))
        : BytePairTrainer.Train(train, Options(settings.Data.Text), cancellation);

    private static Part Windows(LanguageModelEncoding encoding, string text, int stride, string where)
    {
        FieldSource source = encoding.Windows(text, stride, where)[LanguageModelEncoding.FieldName];
        var table = new TensorTable(new SlicedField(source, LanguageModelEncoding.FieldName, 0, encoding.Length), new SlicedField(source, LabelEncoding.FieldName, 1, encoding.Length));
        return All(table);
    }
}
