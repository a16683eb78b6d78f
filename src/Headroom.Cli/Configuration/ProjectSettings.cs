using System.Text.Json.Nodes;
using Headroom.Data.Readers;
using Headroom.Data.Splits;
using Headroom.Evidence;

namespace Headroom.Cli.Configuration;

/// <summary>What a headroom.yaml says.</summary>
internal sealed record ProjectSettings
{
    /// <summary>Names the run's folder.</summary>
    public string Name { get; init; } = "";

    public DataSettings Data { get; init; } = new();

    public ModelSettings Model { get; init; } = new();

    public TrainSettings Train { get; init; } = new();

    public EvaluateSettings Evaluate { get; init; } = new();

    /// <summary>Where in the file each setting stands.</summary>
    internal SettingsLines Lines { get; init; } = new(ProjectFile.Name);
}

/// <summary>Where rows come from and how they become tensors.</summary>
internal sealed record DataSettings
{
    public ReaderSettings? Train { get; init; }

    /// <summary>A test set of its own; without it the split makes one.</summary>
    [Only("model.preset", Preset.Encoder, Preset.Resnet, Preset.Mlp, Preset.Onnx, Preset.Vit, Preset.Unet, Preset.Dit)]
    public ReaderSettings? Test { get; init; }

    public SplitOptions Split { get; init; } = new();

    /// <summary>Files that can be fetched when they are not there.</summary>
    public IReadOnlyList<FileSettings> Files { get; init; } = [];

    /// <summary>How a text column becomes tokens.</summary>
    [Only("model.preset", Preset.Encoder, Preset.Decoder, Preset.Llama, Preset.Pretrained)]
    public TextSettings Text { get; init; } = new();

    /// <summary>How time series become windows.</summary>
    [Only("model.preset", Preset.Forecaster)]
    public SeriesSettings Series { get; init; } = new();
}

/// <summary>A reader by name; the other keys are its own.</summary>
internal sealed record ReaderSettings : ICheckedSettings
{
    public string Reader { get; init; } = "";

    [OtherKeys]
    public JsonObject Other { get; init; } = [];

    public void Check()
    {
        if (Reader.Length == 0) throw new InputException("data", "'reader' is not given", $"Give one of {string.Join(", ", ReaderCatalog.Names)}.");
        ReaderCatalog.Create(Reader, Other);
    }
}

/// <summary>A file that can be fetched: its path under the data folder, its hash, its address.</summary>
internal sealed record FileSettings : ICheckedSettings
{
    public string File { get; init; } = "";

    public string Sha256 { get; init; } = "";

    public Uri? Source { get; init; }

    /// <summary>The folder within the archive at the source whose files are kept.</summary>
    public string? Subfolder { get; init; }

    public void Check()
    {
        if (File.Length == 0 || Sha256.Length != 64 || Source is null) throw new InputException("data.files", $"'{File}' lacks its name, its source, or its SHA-256 of 64 hexadecimal digits", "Give file, sha256 and source.");
    }
}

/// <summary>How text becomes tokens.</summary>
internal sealed record TextSettings : ICheckedSettings
{
    public TokenizerKind Tokenizer { get; init; } = TokenizerKind.Bpe;

    /// <summary>Tokens there are, at most.</summary>
    [Only("data.text.tokenizer", TokenizerKind.Bpe)]
    public int Vocabulary { get; init; } = 8192;

    [Only("data.text.tokenizer", TokenizerKind.Bpe)]
    public bool Lowercase { get; init; }

    /// <summary>What a token may not reach across: whole words, or the parts of camel-case names.</summary>
    [Only("data.text.tokenizer", TokenizerKind.Bpe)]
    public PatternKind Pattern { get; init; } = PatternKind.Words;

    /// <summary>Tokens in a row; what a text has beyond is cut.</summary>
    public int Length { get; init; } = 128;

    /// <summary>Tokens from one window of a language model to the next; half a window by default.</summary>
    [Only("model.preset", Preset.Decoder, Preset.Llama, Preset.Pretrained)]
    public int? Stride { get; init; }

    /// <summary>Whether each text of the data stands for itself and several share a row, so that little of it is padding.</summary>
    public bool Packing { get; init; }

    /// <summary>Texts of a packed row, at most; by default as many as it takes, in an encoder's one for eight tokens.</summary>
    [Only("data.text.packing", true)]
    public int? TextsPerRow { get; init; }

    /// <summary>Tokens of an encoder's packed row; by default 128, or <see cref="Length"/> where that is more.</summary>
    [Only("model.preset", Preset.Encoder)]
    public int? RowLength { get; init; }

    /// <summary>What <see cref="RowLength"/> comes to.</summary>
    internal int EncoderRow => RowLength ?? Math.Max(Length, 128);

    /// <summary>What <see cref="TextsPerRow"/> comes to for an encoder, whose graph has a place for each.</summary>
    internal int EncoderTexts => TextsPerRow ?? Math.Max(1, EncoderRow / 8);

    public void Check()
    {
        Ranges.AtLeast("data.text.length", Length, 1);
        Ranges.AtLeast("data.text.stride", Stride, 1);
        Ranges.AtLeast("data.text.texts_per_row", TextsPerRow, 1);
        if (RowLength is not null && !Packing) throw new InputException("data.text.row_length", "it means nothing where data.text.packing is false: a row then holds one text of data.text.length", "Leave it out, or say packing: true.");
        if (RowLength < Length) throw new InputException("data.text.row_length", $"{RowLength} is less than data.text.length, {Length}: the longest text must fit into a row", $"Give {Length} or more.");
        if (Packing && Stride is not null) throw new InputException("data.text.stride", "it means nothing where data.text.packing is true: texts aren't cut into windows then", "Leave one of the two out.");
        // Padding and the 256 bytes come first.
        Ranges.AtLeast("data.text.vocabulary", Vocabulary, 257);
    }
}

internal enum PatternKind
{
    Words,

    /// <summary><c>SqlDbType</c> is <c>Sql</c>, <c>Db</c>, <c>Type</c>.</summary>
    Identifiers,
}

internal enum TokenizerKind
{
    Bpe,

    [Only("model.preset", Preset.Decoder, Preset.Llama)]
    Characters,
}
