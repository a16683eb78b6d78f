using Headroom.Graph.Models;

namespace Headroom.Graph.Tests.Models;

/// <summary>One small model of each family, and of the variants that differ in their graph. Tests of other projects share them.</summary>
internal static class TinyFamilies
{
    public const long Vocabulary = 13, Length = 6, Classes = 4;

    public static readonly LlamaOptions Llama = new() { Vocabulary = Vocabulary, Length = Length, Width = 16, Layers = 2, Heads = 4, Hidden = 24 };

    public static readonly Gpt2Options Gpt2 = new() { Vocabulary = Vocabulary, Positions = 9, Length = Length, Width = 16, Layers = 2, Heads = 4 };

    public static readonly BertOptions Bert = new() { Vocabulary = Vocabulary, Positions = 9, Length = Length, Width = 16, Layers = 2, Heads = 4, Hidden = 24 };

    public static readonly VitOptions Vit = new() { PictureHeight = 8, PictureWidth = 12, Patch = 4, Width = 16, Layers = 2, Heads = 4, Hidden = 24, Classes = Classes, Mean = [0.5f, 0.4f, 0.3f], Deviations = [0.25f, 0.2f, 0.3f] };

    public static readonly RecurrentClassifierOptions Recurrent = new() { Vocabulary = Vocabulary, Length = Length, Width = 8, Hidden = 7, Layers = 2, Classes = Classes, Padding = 0 };

    public static readonly ForecasterOptions Forecaster = new() { Window = 12, Horizon = 3, Features = 2, Target = 1, Hidden = 8, Mean = [0.1f, -0.2f], Deviation = [0.8f, 0.6f] };

    public static readonly Dictionary<string, Func<Model>> All = new()
    {
        ["llama"] = () => Headroom.Graph.Models.Llama.Decoder(Llama),
        ["llama, grouped heads, tied"] = () => Headroom.Graph.Models.Llama.Decoder(Llama with { KeyHeads = 2, TiedHead = true, RotaryScaling = new RotaryScaling { OriginalPositions = 8 } }),
        ["qwen2"] = () => Headroom.Graph.Models.Llama.Decoder(Llama with { KeyHeads = 2, TiedHead = true, Biases = true }),
        ["qwen3"] = () => Headroom.Graph.Models.Llama.Decoder(Llama with { KeyHeads = 1, HeadWidth = 6, HeadNorms = true }),
        ["gpt2"] = () => Headroom.Graph.Models.Gpt2.Decoder(Gpt2),
        ["bert"] = () => Headroom.Graph.Models.Bert.Classifier(Bert, Classes),
        ["bert, types and mask fed"] = () => Headroom.Graph.Models.Bert.Classifier(Bert with { TypeInput = true, MaskInput = true }, Classes),
        ["bert encoder"] = () => Headroom.Graph.Models.Bert.Encoder(Bert with { Padding = null }),
        ["vit"] = () => Headroom.Graph.Models.Vit.Classifier(Vit),
        ["lstm, both ways"] = () => RecurrentClassifier.Build(Recurrent),
        ["gru"] = () => RecurrentClassifier.Build(Recurrent with { Cell = RecurrentCell.Gru, Bidirectional = false, Padding = null }),
        ["lstm forecaster"] = () => Headroom.Graph.Models.Forecaster.Build(Forecaster),
        ["gru forecaster"] = () => Headroom.Graph.Models.Forecaster.Build(Forecaster with { Cell = RecurrentCell.Gru, Layers = 2 }),
        ["lstm forecaster over a season"] = () => Headroom.Graph.Models.Forecaster.Build(Forecaster with { Season = 2 }),
    };

    public static TheoryData<string> Names => [.. All.Keys];
}
