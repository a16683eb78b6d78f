using Headroom.Graph.Models;
using Headroom.Graph.Passes;

namespace Headroom.Graph.Tests.Models;

public sealed class ParameterCountTests
{
    private static readonly LlamaOptions
        Llama2 = new() { Vocabulary = 32_000, Length = 4096, Width = 4096, Layers = 32, Heads = 32, Hidden = 11_008 },
        Llama31 = new() { Vocabulary = 128_256, Length = 8192, Width = 4096, Layers = 32, Heads = 32, KeyHeads = 8, Hidden = 14_336, RotaryBase = 500_000, RotaryScaling = new RotaryScaling() },
        Qwen25 = new() { Vocabulary = 151_936, Length = 4096, Width = 896, Layers = 24, Heads = 14, KeyHeads = 2, Hidden = 4864, TiedHead = true, Biases = true, NormEpsilon = 1e-6f, RotaryBase = 1e6 },
        Qwen3 = new() { Vocabulary = 151_936, Length = 4096, Width = 1024, Layers = 28, Heads = 16, KeyHeads = 8, HeadWidth = 128, Hidden = 3072, TiedHead = true, HeadNorms = true, NormEpsilon = 1e-6f, RotaryBase = 1e6 };

    // As transformers counts the published checkpoints: num_parameters().
    public static readonly Dictionary<string, (Func<Model> Build, long Parameters)> Published = new()
    {
        ["Llama 2 7B"] = (() => Llama.Decoder(Llama2), 6_738_415_616),
        ["Llama 3.1 8B"] = (() => Llama.Decoder(Llama31), 8_030_261_248),
        ["Qwen 2.5 0.5B"] = (() => Llama.Decoder(Qwen25), 494_032_768),
        ["Qwen 3 0.6B"] = (() => Llama.Decoder(Qwen3), 596_049_920),
        ["GPT-2"] = (() => Gpt2.Decoder(new Gpt2Options()), 124_439_808),
        ["BERT base"] = (() => Bert.Encoder(new BertOptions()), 109_482_240),
        ["ViT-B/16"] = (() => Vit.Classifier(new VitOptions()), 86_567_656),
    };

    public static TheoryData<string> Names => [.. Published.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void They_are_those_of_the_published_checkpoint(string name) => Assert.Equal(Published[name].Parameters, Published[name].Build().Parameters);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_graph_of_billions_of_weights_holds_none_of_them(string name)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Model model = Published[name].Build();
        TypedGraph typed = Specialize.Run(model, 1);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.DoesNotContain(model.States, s => s.Initializer is Initializer.Given);
        // The tables of cosines and sines are the largest: 8192 x 64 floats, twice.
        Assert.True(model.Constants.Values.Sum(c => c.Type.Bytes) < 8 << 20, $"{model.Constants.Values.Sum(c => c.Type.Bytes)} bytes of constants");
        Assert.True(allocated < 64 << 20, $"{allocated} bytes to build and type it");
        Assert.Equal(model.Parameters, typed.States.Sum(s => s.Type.Elements));
    }

    [Theory]
    [InlineData(false, false, false, null)]
    [InlineData(true, true, false, 2L)]
    [InlineData(true, false, true, 1L)]
    public void Of_a_llama_they_follow_the_closed_form(bool tied, bool biases, bool headNorms, long? keyHeads)
    {
        LlamaOptions o = TinyFamilies.Llama with { TiedHead = tied, Biases = biases, HeadNorms = headNorms, KeyHeads = keyHeads };
        long width = o.Width / o.Heads, q = o.Heads * width, k = (keyHeads ?? o.Heads) * width;
        long attention = (o.Width * (q + (2 * k))) + (q * o.Width) + (biases ? q + (2 * k) : 0) + (headNorms ? 2 * width : 0);
        long expected = (o.Vocabulary * o.Width * (tied ? 1 : 2)) + (o.Layers * (attention + (3 * o.Width * o.Hidden) + (2 * o.Width))) + o.Width;
        Assert.Equal(expected, Llama.Decoder(o).Parameters);
    }

    [Theory]
    [InlineData(RecurrentCell.Lstm, 1, false)]
    [InlineData(RecurrentCell.Lstm, 3, true)]
    [InlineData(RecurrentCell.Gru, 2, true)]
    public void Of_a_recurrent_classifier_they_follow_the_closed_form(RecurrentCell cell, int layers, bool both)
    {
        RecurrentClassifierOptions o = TinyFamilies.Recurrent with { Cell = cell, Layers = layers, Bidirectional = both };
        long gates = cell == RecurrentCell.Lstm ? 4 : 3, ways = both ? 2 : 1, wide = ways * o.Hidden;
        long Layer(long inputs) => ways * gates * o.Hidden * (inputs + o.Hidden + 2);
        long expected = (o.Vocabulary * o.Width) + Layer(o.Width) + ((layers - 1) * Layer(wide)) + ((wide + 1) * o.Classes);
        Assert.Equal(expected, RecurrentClassifier.Build(o).Parameters);
    }

    [Fact]
    public void Of_a_forecaster_they_follow_the_closed_form()
    {
        ForecasterOptions o = TinyFamilies.Forecaster;
        Assert.Equal((4 * o.Hidden * (o.Features + o.Hidden + 2)) + ((o.Hidden + 1) * o.Horizon), Forecaster.Build(o).Parameters);
    }
}
