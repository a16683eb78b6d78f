using Headroom.Evidence;

namespace Headroom.Cli.Configuration;

/// <summary>Which network, and how large.</summary>
internal sealed record ModelSettings : ICheckedSettings
{
    public Preset Preset { get; init; }

    /// <summary>Transformers: the width of a token's vector.</summary>
    public int Width { get; init; } = 256;

    public int Layers { get; init; } = 4;

    public int Heads { get; init; } = 4;

    /// <summary>Multilayer perceptron: the hidden layers' widths.</summary>
    public IReadOnlyList<long> Hidden { get; init; } = [256, 128];

    /// <summary>Residual network: the stages' channels, and the blocks in each.</summary>
    public IReadOnlyList<long> Stages { get; init; } = [16, 32, 64];

    public int Blocks { get; init; } = 3;

    public double Dropout { get; init; }

    public void Check()
    {
        foreach ((string key, double value) in new (string, double)[] { ("width", Width), ("layers", Layers), ("heads", Heads), ("blocks", Blocks) }) Ranges.AtLeast("model." + key, value, 1);
        foreach (long width in Hidden) Ranges.AtLeast("model.hidden", width, 1);
        foreach (long channels in Stages) Ranges.AtLeast("model.stages", channels, 1);
        Ranges.Share("model.dropout", Dropout);
        if (Stages.Count == 0) throw new InputException("model.stages", "the list is empty", "Give the channels of each stage, such as [16, 32, 64].");
        if (Preset is Preset.Encoder or Preset.Decoder && Width % Heads != 0) throw new InputException("model.width", $"{Width} can't be divided among {Heads} heads", "Give a width that is a multiple of the heads.");
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
}

/// <summary>What is measured and which gates it must pass.</summary>
internal sealed record EvaluateSettings
{
    /// <summary>Rules over measurements, such as <c>accuracy >= 0.85</c>.</summary>
    public IReadOnlyList<string> Gates { get; init; } = [];

    /// <summary>Whether a plain linear model is trained beside ours.</summary>
    public bool Baseline { get; init; } = true;

    /// <summary>A language model writes this many tokens after training.</summary>
    public int SampleTokens { get; init; } = 400;
}
