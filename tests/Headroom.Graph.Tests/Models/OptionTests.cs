using Headroom.Graph.Models;

namespace Headroom.Graph.Tests.Models;

public sealed class OptionTests
{
    private static readonly Dictionary<string, Func<Model>> Wrong = new()
    {
        ["Llama: Heads is 7, which doesn't divide Width, 32; 4 or 8 would"] = () => Llama.Decoder(TinyFamilies.Llama with { Width = 32, Heads = 7 }),
        ["Llama: KeyHeads is 3, which doesn't divide Heads, 4; 2 or 4 would"] = () => Llama.Decoder(TinyFamilies.Llama with { KeyHeads = 3 }),
        ["Llama: KeyHeads is 8, which doesn't divide Heads, 4; 4 would"] = () => Llama.Decoder(TinyFamilies.Llama with { KeyHeads = 8 }),
        ["Llama: KeyHeads is 0; 1 or more is needed"] = () => Llama.Decoder(TinyFamilies.Llama with { KeyHeads = 0 }),
        ["Llama: a head has 5 features; the rotary embedding turns pairs, so HeadWidth 6 would do"] = () => Llama.Decoder(TinyFamilies.Llama with { HeadWidth = 5 }),
        ["Llama: Window is 4, rows have 6 tokens; sliding windows aren't built: shorten Length to 4"] = () => Llama.Decoder(TinyFamilies.Llama with { Window = 4 }),
        ["Llama: RotaryBase is NaN; more than 1 is needed"] = () => Llama.Decoder(TinyFamilies.Llama with { RotaryBase = double.NaN }),
        ["Llama: Layers is -1; 1 or more is needed"] = () => Llama.Decoder(TinyFamilies.Llama with { Layers = -1 }),
        ["GPT-2: Heads is 5, which doesn't divide Width, 16; 4 or 8 would"] = () => Gpt2.Decoder(TinyFamilies.Gpt2 with { Heads = 5 }),
        ["GPT-2: rows of 10 tokens meet a table of 9 positions; shorten Length or give Positions 10"] = () => Gpt2.Decoder(TinyFamilies.Gpt2 with { Length = 10 }),
        ["GPT-2: Dropout is 1; a probability from 0 to less than 1 is needed"] = () => Gpt2.Decoder(TinyFamilies.Gpt2 with { Dropout = 1 }),
        ["BERT: Heads is 32, which doesn't divide Width, 16; 16 would"] = () => Bert.Encoder(TinyFamilies.Bert with { Heads = 32 }),
        ["BERT: Padding is 13, tokens go from 0 to 12; give null where nothing is padded"] = () => Bert.Encoder(TinyFamilies.Bert with { Padding = 13 }),
        ["BERT: classes is 0; 1 or more is needed"] = () => Bert.Classifier(TinyFamilies.Bert, 0),
        ["ViT: Patch is 5, which doesn't divide PictureHeight, 8; 4 or 8 would"] = () => Vit.Classifier(TinyFamilies.Vit with { Patch = 5 }),
        ["ViT: 1 means and 3 deviations are given; 3 of each are needed, one a channel, or none"] = () => Vit.Classifier(TinyFamilies.Vit with { Mean = [1] }),
        ["recurrent classifier: Hidden is 0; 1 or more is needed"] = () => RecurrentClassifier.Build(TinyFamilies.Recurrent with { Hidden = 0 }),
        ["recurrent classifier: Padding is -1, tokens go from 0 to 12"] = () => RecurrentClassifier.Build(TinyFamilies.Recurrent with { Padding = -1 }),
        ["forecaster: Target is 2; the 2 features go from 0 to 1"] = () => Forecaster.Build(TinyFamilies.Forecaster with { Target = 2 }),
        ["forecaster: 2 means and 0 deviations are given"] = () => Forecaster.Build(TinyFamilies.Forecaster with { Deviation = [] }),
        ["forecaster: a season of 13 steps doesn't lie in a window of 12"] = () => Forecaster.Build(TinyFamilies.Forecaster with { Season = 13 }),
        ["forecaster: 2 means and 2 deviations are given; 6 of each are needed, one a feature of each series, or none"] = () => Forecaster.Build(TinyFamilies.Forecaster with { Series = 3 }),
        ["the unit of a squared error is 0; more than 0 is needed"] = () => Objectives.Regression(Forecaster.Build(TinyFamilies.Forecaster), 3, 0),
    };

    public static TheoryData<string> Refusals => [.. Wrong.Keys];

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_cannot_be_built_is_refused_with_what_could(string message) => Assert.Contains(message, Assert.Throws<GraphException>(() => Wrong[message]()).Message, StringComparison.Ordinal);

    [Fact]
    public void A_window_over_the_whole_row_hides_nothing() => Assert.Equal(Llama.Decoder(TinyFamilies.Llama).Nodes.Length, Llama.Decoder(TinyFamilies.Llama with { Window = 4096 }).Nodes.Length);

    [Theory] // the three regions of Llama 3.1's formula: 2π · 8192 / 1 is slow, / 8 and more quick
    [InlineData(1.0, 1.0)]
    [InlineData(2 * Math.PI / 16384, 2 * Math.PI / 16384 / 8)]
    [InlineData(2 * Math.PI * 2.5 / 8192, 2 * Math.PI * 2.5 / 8192 * (0.5 + 0.5 / 8))]
    public void Slow_turns_are_stretched_and_quick_ones_stay(double angle, double expected) => Assert.Equal(expected, new RotaryScaling().Apply(angle), 1e-15);
}
