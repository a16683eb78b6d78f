using System.Collections.Immutable;
using System.Text.Json;
using Headroom.Cli.Configuration;
using Headroom.Data.Features;
using Headroom.Data.Series;
using Headroom.Data.Tokenizers;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Operators;
using Headroom.Graph.Passes;
using Headroom.Planning.Budgets;

namespace Headroom.Cli.Stages;

/// <summary>All that a preset needs to be built again, in another process or on another day, without the data: kept in the run's folder.</summary>
internal sealed record ModelRecipe
{
    public Preset Preset { get; init; }

    public TransformerOptions? Transformer { get; init; }

    public ResNetOptions? ResNet { get; init; }

    public VitOptions? Vit { get; init; }

    public MlpOptions? Mlp { get; init; }

    public ForecasterOptions? Forecaster { get; init; }

    public OnnxRecipe? Onnx { get; init; }

    public LlamaOptions? Llama { get; init; }

    public PretrainedRecipe? Pretrained { get; init; }

    public DiffusionRecipe? Diffusion { get; init; }

    public long Classes { get; init; }

    /// <summary>Adapters on the network; null where its own weights are trained.</summary>
    public LowRankOptions? Adapter { get; init; }

    /// <summary>Rows that are trained on have places that predict nothing.</summary>
    public bool Padded { get; init; }

    /// <summary>Rows that are trained on hold several texts; the exported model takes one a row.</summary>
    public bool Packed { get; init; }

    /// <summary>Tokens of an encoder's packed row.</summary>
    public long RowLength { get; init; }

    /// <summary>Texts of an encoder's packed row, at most.</summary>
    public long RowTexts { get; init; }

    private AdaptedModel? adapted;

    /// <summary>The recipe for the network that the settings name and the data that is there.</summary>
    /// <exception cref="InputException">A setting doesn't fit.</exception>
    public static ModelRecipe For(ProjectSettings settings, Prepared data)
    {
        ModelSettings m = settings.Model;
        var recipe = new ModelRecipe { Preset = m.Preset, Classes = data.Classes.Count, Adapter = settings.Train.Adapter?.ToOptions(), Padded = settings.Data.Text.Packing, Packed = settings.Data.Text is { Packing: true, TextsPerRow: not 1 } };
        if (recipe.Padded && m.Preset == Preset.Encoder) recipe = recipe with { Packed = true, RowLength = settings.Data.Text.EncoderRow, RowTexts = settings.Data.Text.EncoderTexts };
        Preprocessing p = data.Preprocessing;
        return m.Preset switch
        {
            Preset.Encoder => recipe with { Transformer = Of(m, ((TextEncoding)p.Features[0]).Tokenizer, ((TextEncoding)p.Features[0]).Length) with { Padding = TextTokenizer.PadId, TokenPairs = m.TokenPairs } },
            Preset.Decoder => recipe with { Transformer = Of(m, p.LanguageModel!.Tokenizer, p.LanguageModel.Length) },
            Preset.Onnx => recipe with { Onnx = OnnxRecipe.For(m, data.ModelFile!, (ImageEncoding)p.Features[0], data.Classes.Count) },
            Preset.Llama => recipe with { Llama = LlamaOf(m, p.LanguageModel!.Tokenizer, p.LanguageModel.Length) },
            Preset.Pretrained => recipe with { Pretrained = PretrainedRecipe.For(data.ModelFile!, p.LanguageModel!.Length, p.LanguageModel.Tokenizer) },
            Preset.Unet or Preset.Dit => recipe with { Diffusion = DiffusionRecipe.For(m, (ImageEncoding)p.Features[0], data.Classes.Count) },
            Preset.Forecaster => recipe with { Forecaster = ForecasterOf(settings, p.Series!) },
            Preset.Resnet => recipe with { ResNet = Of(m, (ImageEncoding)p.Features[0], data.Classes.Count) },
            Preset.Vit => recipe with { Vit = VitOf(settings, (ImageEncoding)p.Features[0], data.Classes.Count) },
            _ => recipe with { Mlp = Of(m, (TabularEncoding)p.Features[0], data.Classes.Count) },
        };
    }

    /// <summary>The model without a loss, as it is exported.</summary>
    public Model Build() => Build(packed: false);

    private Model Build(bool packed) => Preset switch
    {
        Preset.Encoder => packed ? PackedEncoder.Build(Transformer!, Classes, RowLength, RowTexts) : Graph.Models.Transformer.Encoder(Transformer!, Classes),
        Preset.Decoder => Graph.Models.Transformer.Decoder(Transformer!, packed),
        Preset.Onnx => Onnx!.Build(),
        Preset.Llama => Graph.Models.Llama.Decoder(Llama!, packed),
        Preset.Pretrained => packed ? Pretrained!.Open().Packed() : Pretrained!.Open().Model,
        Preset.Unet or Preset.Dit => Diffusion!.Build(),
        Preset.Forecaster => Graph.Models.Forecaster.Build(Forecaster!),
        Preset.Resnet => Graph.Models.ResNet.Build(ResNet!),
        Preset.Vit => Graph.Models.Vit.Classifier(Vit!),
        _ => Graph.Models.Mlp.Build(Mlp!),
    };

    /// <summary>The model as it is trained, still without a loss: with its adapters, if it gets any. Weights that have no values yet, as a new head's, are trained whole.</summary>
    /// <exception cref="GraphException">An adapter doesn't fit.</exception>
    public AdaptedModel Trained() => adapted ??= Adapt(Build());

    /// <summary>The recipe with what a planner chose for the frozen weights.</summary>
    public ModelRecipe With(Levers? levers)
    {
        if (Adapter is null || levers?.Base is not BaseStorage chosen || chosen == Adapter.Base) return this;
        ModelRecipe other = this with { Adapter = Adapter with { Base = chosen } };
        other.adapted = null;
        return other;
    }

    private AdaptedModel Adapt(Model model)
    {
        if (Adapter is null) return new AdaptedModel(model, [], ImmutableDictionary<string, BlockCode>.Empty);
        IEnumerable<string> random = model.States.Where(s => s.Trainable && !s.Initializer.HasValues).Select(s => s.Value.Name);
        return LowRank.Apply(model, Adapter with { Whole = [.. Adapter.Whole, .. random] });
    }

    /// <summary>The model with what training minimises.</summary>
    public Model BuildWithLoss()
    {
        Model model = Packed ? Adapt(Build(packed: true)).Model : Trained().Model;
        return Preset switch
        {
            Preset.Decoder => Objectives.NextToken(model, Transformer!.Length, Transformer.Vocabulary, Padded),
            Preset.Llama => Objectives.NextToken(model, Llama!.Length, Llama.Vocabulary, Padded),
            Preset.Pretrained => Objectives.NextToken(model, Pretrained!.Length, Pretrained.Vocabulary, Padded),
            Preset.Unet or Preset.Dit => Diffusion!.WithLoss(model),
            Preset.Forecaster => Objectives.Regression(Graph.Models.Forecaster.Build(Forecaster! with { Standardized = true }), Forecaster.Horizon),
            _ => Packed ? Objectives.PackedClassification(model, RowTexts, Classes) : Objectives.Classification(model),
        };
    }

    /// <summary>Writes the recipe, and beside it a copy of the network that it begins with.</summary>
    public void Save(string path)
    {
        if (Onnx is not null) AtomicFile.WriteBytes(CopyBeside(path), File.ReadAllBytes(Onnx.Path));
        AtomicFile.WriteText(path, JsonSerializer.Serialize(this, EvidenceJson.Options));
    }

    /// <exception cref="InputException">The file is missing or something else.</exception>
    public static ModelRecipe Load(string path)
    {
        try
        {
            ModelRecipe recipe = JsonSerializer.Deserialize<ModelRecipe>(File.ReadAllText(path), EvidenceJson.Options) ?? throw new JsonException("it is null");
            return recipe.Onnx is null ? recipe : recipe with { Onnx = recipe.Onnx with { Path = CopyBeside(path) } };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new InputException(path, "this is no recipe of a model: " + e.Message, "Take the recipe.json of a run's folder.");
        }
    }

    private static string CopyBeside(string recipe) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(recipe))!, OnnxRecipe.Copy);

    private static TransformerOptions Of(ModelSettings m, TextTokenizer tokenizer, int length) => new()
    {
        Vocabulary = tokenizer.VocabularySize,
        Length = length,
        Width = m.Width,
        Layers = m.Layers,
        Heads = m.Heads,
        Dropout = m.Dropout,
        EmbeddingDeviation = 0.02,
    };

    private static LlamaOptions LlamaOf(ModelSettings m, TextTokenizer tokenizer, int length) => new()
    {
        Vocabulary = tokenizer.VocabularySize,
        Length = length,
        Width = m.Width,
        Layers = m.Layers,
        Heads = m.Heads,
        KeyHeads = m.KeyHeads,
        // With its gate as many weights as a perceptron four times as wide; a multiple of 64, as Llama has it.
        Hidden = ((m.Width * 8 / 3) + 63) / 64 * 64,
        TiedHead = true,
    };

    private static ResNetOptions Of(ModelSettings m, ImageEncoding image, int classes) => new()
    {
        Channels = image.Shape[0],
        Height = image.Shape[1],
        Width = image.Shape[2],
        Stages = [.. m.Stages],
        Blocks = m.Blocks ?? 3,
        Classes = classes,
        Mean = [.. image.Mean.Select(v => (float)v)],
        Deviation = [.. image.StandardDeviation.Select(v => (float)v)],
    };

    private static VitOptions VitOf(ProjectSettings settings, ImageEncoding image, int classes)
    {
        ModelSettings m = settings.Model;
        int patch = m.Patch ?? 4;
        if (image.Shape[1] % patch != 0 || image.Shape[2] % patch != 0)
            throw new InputException(settings.Lines.At("model.patch"), $"pictures of {image.Shape[1]} x {image.Shape[2]} pixels can't be cut into squares of {patch}", "Give a patch that divides both, or bring the pictures to another size with the reader's 'resize'.");
        return new VitOptions
        {
            Channels = image.Shape[0],
            PictureHeight = image.Shape[1],
            PictureWidth = image.Shape[2],
            Patch = patch,
            Width = m.Width,
            Layers = m.Layers,
            Heads = m.Heads,
            Hidden = 4 * m.Width,
            Classes = classes,
            Dropout = m.Dropout,
            Mean = [.. image.Mean.Select(v => (float)v)],
            Deviations = [.. image.StandardDeviation.Select(v => (float)v)],
        };
    }

    private static ForecasterOptions ForecasterOf(ProjectSettings settings, SeriesEncoding series)
    {
        ModelSettings m = settings.Model;
        if (m.Season > series.Length)
            throw new InputException(settings.Lines.At("model.season"), $"{m.Season} steps don't lie in the {series.Length} that are looked back on", "Give a longer data.series.length, or a shorter season.");
        return new ForecasterOptions
        {
            Window = series.Length,
            Season = m.Season,
            Horizon = series.Horizon,
            Features = series.Columns.Count,
            Target = SeriesTable.Target,
            Cell = m.Cell,
            Hidden = m.Width,
            Layers = m.Layers,
            Dropout = m.Dropout,
            Series = series.Scales.Count,
            Mean = [.. series.Scales.SelectMany(s => s.Mean).Select(v => (float)v)],
            Deviation = [.. series.Scales.SelectMany(s => s.Deviation).Select(v => (float)v)],
        };
    }

    private static MlpOptions Of(ModelSettings m, TabularEncoding table, int classes) => new()
    {
        Inputs = table.Numbers.Count,
        Hidden = [.. m.Hidden],
        Classes = classes,
        Dropout = m.Dropout,
        Mean = [.. table.Numbers.Select(n => (float)n.Mean)],
        Deviation = [.. table.Numbers.Select(n => (float)n.StandardDeviation)],
        // Half as wide as there are codes, from 2 to 50.
        Categories = [.. table.Categories.Select(c => new CategoricalColumn(c.Column, c.Codes, Math.Clamp((c.Codes + 1) / 2, 2, 50)))],
    };
}
