using Headroom.Cli.Settings;
using Headroom.Data.Features;
using Headroom.Data.Tokenizers;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Models;

namespace Headroom.Cli.Stages;

/// <summary>Builds the network that the settings name for the data that is there.</summary>
internal static class ModelFactory
{
    /// <summary>The model without a loss, as it is exported.</summary>
    public static Model Build(ModelSettings m, Prepared data)
    {
        if (m.Heads < 1 || m.Width % m.Heads != 0) throw new InputException("headroom.yaml", $"model.width {m.Width} can't be divided among {m.Heads} heads", "Give a width that is a multiple of the heads.");
        return m.Preset switch
        {
            Preset.Encoder => Encoder(m, (TextEncoding)data.Preprocessing.Features[0], data.Classes.Count),
            Preset.Decoder => Transformer.Decoder(Options(m, data.Preprocessing.LanguageModel!.Tokenizer, data.Preprocessing.LanguageModel.Length)),
            Preset.Resnet => ResNet.Build(Options(m, (ImageEncoding)data.Preprocessing.Features[0], data.Classes.Count)),
            _ => Mlp.Build(Options(m, (TabularEncoding)data.Preprocessing.Features[0], data.Classes.Count)),
        };
    }

    /// <summary>The model with what training minimises.</summary>
    public static Model WithLoss(ModelSettings m, Prepared data, Model model) => m.Preset == Preset.Decoder
        ? Objectives.NextToken(model, data.Preprocessing.LanguageModel!.Length, data.Preprocessing.LanguageModel.Tokenizer.VocabularySize)
        : Objectives.Classification(model);

    private static Model Encoder(ModelSettings m, TextEncoding text, int classes) => Transformer.Encoder(Options(m, text.Tokenizer, text.Length) with { Padding = TextTokenizer.PadId }, classes);

    private static TransformerOptions Options(ModelSettings m, TextTokenizer tokenizer, int length) => new()
    {
        Vocabulary = tokenizer.VocabularySize,
        Length = length,
        Width = m.Width,
        Layers = m.Layers,
        Heads = m.Heads,
        Dropout = m.Dropout,
        EmbeddingDeviation = 0.02,
    };

    private static ResNetOptions Options(ModelSettings m, ImageEncoding image, int classes)
    {
        var channels = new Shape(image.Shape[0], 1, 1);
        return new ResNetOptions
        {
            Channels = image.Shape[0],
            Height = image.Shape[1],
            Width = image.Shape[2],
            Stages = [.. m.Stages],
            Blocks = m.Blocks,
            Classes = classes,
            Mean = TensorData.Floats(channels, [.. image.Mean.Select(v => (float)v)]),
            Deviation = TensorData.Floats(channels, [.. image.StandardDeviation.Select(v => (float)v)]),
        };
    }

    private static MlpOptions Options(ModelSettings m, TabularEncoding table, int classes)
    {
        var columns = new Shape(table.Numbers.Count);
        return new MlpOptions
        {
            Inputs = table.Numbers.Count,
            Hidden = [.. m.Hidden],
            Classes = classes,
            Dropout = m.Dropout,
            Mean = TensorData.Floats(columns, [.. table.Numbers.Select(n => (float)n.Mean)]),
            Deviation = TensorData.Floats(columns, [.. table.Numbers.Select(n => (float)n.StandardDeviation)]),
            // Half as wide as there are codes, from 2 to 50.
            Categories = [.. table.Categories.Select(c => new CategoricalColumn(c.Column, c.Codes, Math.Clamp((c.Codes + 1) / 2, 2, 50)))],
        };
    }
}
