using Headroom.Evidence;
using Headroom.Graph.Models;

namespace Headroom.Cli.Configuration;

/// <summary>Which network, and how large.</summary>
internal sealed record ModelSettings : ICheckedSettings
{
    public Preset Preset { get; init; }

    /// <summary>Transformers: the width of a token's vector; a forecaster: the units of a layer.</summary>
    [Only("model.preset", Preset.Encoder, Preset.Decoder, Preset.Llama, Preset.Vit, Preset.Dit, Preset.Forecaster)]
    public int Width { get; init; } = 256;

    [Only("model.preset", Preset.Encoder, Preset.Decoder, Preset.Llama, Preset.Vit, Preset.Dit, Preset.Forecaster)]
    public int Layers { get; init; } = 4;

    /// <summary>Heads of attention; of a U-Net at its smallest level.</summary>
    [Only("model.preset", Preset.Encoder, Preset.Decoder, Preset.Llama, Preset.Vit, Preset.Dit, Preset.Unet)]
    public int Heads { get; init; } = 4;

    /// <summary>Llama: heads of key and value, each shared by several of the query; as many as heads without.</summary>
    [Only("model.preset", Preset.Llama)]
    public int? KeyHeads { get; init; }

    /// <summary>Encoder: a table of class scores by hashed pairs of neighbouring tokens, of this many rows; 0 for none.</summary>
    [Only("model.preset", Preset.Encoder)]
    public long TokenPairs { get; init; }

    /// <summary>Multilayer perceptron: the hidden layers' widths.</summary>
    [Only("model.preset", Preset.Mlp)]
    public IReadOnlyList<long> Hidden { get; init; } = [256, 128];

    /// <summary>Residual network: the stages' channels, and the blocks in each.</summary>
    [Only("model.preset", Preset.Resnet)]
    public IReadOnlyList<long> Stages { get; init; } = [16, 32, 64];

    [Only("model.preset", Preset.Resnet, Preset.Unet)]
    public int? Blocks { get; init; }

    /// <summary>U-Net: feature maps of the first level, and those of all levels in multiples of that.</summary>
    [Only("model.preset", Preset.Unet)]
    public int Features { get; init; } = 32;

    [Only("model.preset", Preset.Unet)]
    public IReadOnlyList<long> Multipliers { get; init; } = [1, 2, 2];

    /// <summary>Edge of the squares of pixels that the network takes as one place: 4 for a classifier, 2 for a transformer that draws and 1 for a U-Net without.</summary>
    [Only("model.preset", Preset.Vit, Preset.Unet, Preset.Dit)]
    public int? Patch { get; init; }

    /// <summary>Networks that draw: what they are trained to give.</summary>
    [Only("model.preset", Preset.Unet, Preset.Dit)]
    public Prediction Prediction { get; init; } = Prediction.Velocity;

    /// <summary>Networks that draw: how a picture dissolves, and in how many steps.</summary>
    [Only("model.preset", Preset.Unet, Preset.Dit)]
    public NoiseScheduleKind NoiseSchedule { get; init; }

    [Only("model.preset", Preset.Unet, Preset.Dit)]
    public int NoiseSteps { get; init; } = 1000;

    /// <summary>Forecaster: what its layers are made of.</summary>
    [Only("model.preset", Preset.Forecaster)]
    public RecurrentCell Cell { get; init; }

    /// <summary>Forecaster: steps of the season whose last values the forecast begins with, so that the network tells what differs; 0 for none.</summary>
    [Only("model.preset", Preset.Forecaster)]
    public int Season { get; init; }

    [Only("model.preset", Preset.Encoder, Preset.Decoder, Preset.Mlp, Preset.Vit, Preset.Forecaster)]
    public double Dropout { get; init; }

    /// <summary>A network made by others: its ONNX file, looked for where data is.</summary>
    [Only("model.preset", Preset.Onnx)]
    public string? File { get; init; }

    /// <summary>A decoder made by others: the folder of its Hugging Face checkpoint, looked for where data is.</summary>
    [Only("model.preset", Preset.Pretrained)]
    public string? Folder { get; init; }

    /// <summary>ONNX: whether the last layer is kept, or replaced by one of random weights for the data's classes.</summary>
    [Only("model.preset", Preset.Onnx)]
    public HeadKind Head { get; init; }

    /// <summary>ONNX: the weights that stay as they are, by name; * stands for any characters.</summary>
    [Only("model.preset", Preset.Onnx)]
    public IReadOnlyList<string> Freeze { get; init; } = [];

    /// <summary>ONNX: pixels, from 0 to 255, are divided by this before the network sees them.</summary>
    [Only("model.preset", Preset.Onnx)]
    public double DividePixelsBy { get; init; } = 1;

    public void Check()
    {
        if (Preset == Preset.Onnx && string.IsNullOrEmpty(File)) throw new InputException("model.file", "it is not given", "Name the ONNX file of the network, such as file: network.onnx.");
        if (Preset == Preset.Pretrained && string.IsNullOrEmpty(Folder)) throw new InputException("model.folder", "it is not given", "Name the folder with the model's config.json, tokenizer.json and weights.");
        Ranges.AtLeast("model.key_heads", KeyHeads, 1);
        if (KeyHeads is int keys && Heads % keys != 0) throw new InputException("model.key_heads", $"{Heads} heads can't be divided among {keys} of key and value", "Give a divisor of the heads.");
        if (!(DividePixelsBy > 0) || !double.IsFinite(DividePixelsBy)) throw new InputException("model.divide_pixels_by", $"{DividePixelsBy} is not positive", "Give 255 for a network that was trained on values from 0 to 1, or 1.");
        foreach ((string key, double value) in new (string, double)[] { ("width", Width), ("layers", Layers), ("heads", Heads), ("blocks", Blocks ?? 1), ("features", Features), ("patch", Patch ?? 1), ("noise_steps", NoiseSteps) }) Ranges.AtLeast("model." + key, value, 1);
        Ranges.AtLeast("model.token_pairs", TokenPairs, 0);
        Ranges.AtLeast("model.season", Season, 0);
        foreach (long width in Hidden) Ranges.AtLeast("model.hidden", width, 1);
        foreach (long channels in Stages) Ranges.AtLeast("model.stages", channels, 1);
        Ranges.Share("model.dropout", Dropout);
        foreach (long multiplier in Multipliers) Ranges.AtLeast("model.multipliers", multiplier, 1);
        if (Multipliers.Count == 0) throw new InputException("model.multipliers", "the list is empty", "Give the feature maps of each level in multiples of the first's, such as [1, 2, 2].");
        if (Stages.Count == 0) throw new InputException("model.stages", "the list is empty", "Give the channels of each stage, such as [16, 32, 64].");
        if (Preset is Preset.Encoder or Preset.Decoder or Preset.Llama or Preset.Vit or Preset.Dit && Width % Heads != 0) throw new InputException("model.width", $"{Width} can't be divided among {Heads} heads", "Give a width that is a multiple of the heads.");
    }
}

internal enum Preset
{
    /// <summary>Transformer that classifies a text.</summary>
    Encoder,

    /// <summary>Transformer that predicts the next token.</summary>
    Decoder,

    /// <summary>Residual convolutional network that classifies a picture.</summary>
    Resnet,

    /// <summary>Multilayer perceptron over numbers and categories.</summary>
    Mlp,

    /// <summary>A network that others made and trained, from its ONNX file.</summary>
    Onnx,

    /// <summary>Decoder of Llama's kind, which is written as a Hugging Face folder too.</summary>
    Llama,

    /// <summary>A decoder that others made and trained, from its Hugging Face folder.</summary>
    Pretrained,

    /// <summary>Convolutional network that draws pictures of a class out of noise.</summary>
    Unet,

    /// <summary>Transformer over patches that draws pictures of a class out of noise.</summary>
    Dit,

    /// <summary>Vision transformer that classifies a picture, cut into patches.</summary>
    Vit,

    /// <summary>Recurrent network that forecasts the next steps of time series.</summary>
    Forecaster,
}

/// <summary>What a model is asked for, which decides how data is read and how the model is measured.</summary>
internal enum ModelTask
{
    Classes,

    NextToken,

    Forecast,

    Draw,
}

internal enum NoiseScheduleKind
{
    Cosine,
    Linear,
}

internal static class Presets
{
    public static ModelTask Task(this Preset preset) => preset switch
    {
        Preset.Decoder or Preset.Llama or Preset.Pretrained => ModelTask.NextToken,
        Preset.Forecaster => ModelTask.Forecast,
        Preset.Unet or Preset.Dit => ModelTask.Draw,
        _ => ModelTask.Classes,
    };

    public static bool IsLanguageModel(this Preset preset) => preset.Task() == ModelTask.NextToken;

    /// <summary>Whether it draws pictures.</summary>
    public static bool Draws(this Preset preset) => preset.Task() == ModelTask.Draw;
}

internal enum HeadKind
{
    Replace,

    Keep,
}

/// <summary>What is measured and which gates it must pass.</summary>
internal sealed record EvaluateSettings : ICheckedSettings
{
    /// <summary>Rules over measurements, such as <c>accuracy >= 0.85</c>.</summary>
    public IReadOnlyList<string> Gates { get; init; } = [];

    /// <summary>Whether a plain linear model is trained beside ours.</summary>
    [Only("model.preset", Preset.Encoder, Preset.Resnet, Preset.Mlp, Preset.Onnx, Preset.Vit)]
    public bool Baseline { get; init; } = true;

    /// <summary>A language model writes this many tokens after training.</summary>
    [Only("model.preset", Preset.Decoder, Preset.Llama, Preset.Pretrained)]
    public int SampleTokens { get; init; } = 400;

    /// <summary>Networks that draw: how many pictures are drawn and measured, the classes in turn.</summary>
    [Only("model.preset", Preset.Unet, Preset.Dit)]
    public int Samples { get; init; } = 500;

    /// <summary>Networks that draw: steps from noise to picture.</summary>
    [Only("model.preset", Preset.Unet, Preset.Dit)]
    public int SamplingSteps { get; init; } = 50;

    /// <summary>Networks that draw: how far the class is followed; 1 as it was learned, more for pictures that are more typical of it.</summary>
    [Only("model.preset", Preset.Unet, Preset.Dit)]
    public double Guidance { get; init; } = 2;

    /// <summary>Networks that draw: a classifier that judges the pictures, as <c>run:NAME</c> or an ONNX file that takes the same pictures.</summary>
    [Only("model.preset", Preset.Unet, Preset.Dit)]
    public string? Classifier { get; init; }

    public void Check()
    {
        foreach ((string key, double value) in new (string, double)[] { ("samples", Samples), ("sampling_steps", SamplingSteps) }) Ranges.AtLeast("evaluate." + key, value, 1);
        Ranges.AtLeast("evaluate.guidance", Guidance, 0);
    }
}
