using Headroom.Evidence.Randomness;
using Headroom.Graph.Models;
using Headroom.Graph.Tests.Models;

namespace Headroom.Runtime.Tests.Families;

/// <summary>Each family of transformers against its formulas, worked out without a graph.</summary>
public sealed class FormulaTests
{
    private const double Tolerance = 3e-5;

    private static readonly long[] Tokens = [3, 12, 1, 7, 0, 5];

    [Theory]
    [InlineData("llama")]
    [InlineData("qwen2")]
    [InlineData("qwen3")]
    public void A_llama_computes_what_they_say(string name)
    {
        LlamaOptions o = name switch
        {
            "qwen2" => TinyFamilies.Llama with { KeyHeads = 2, TiedHead = true, Biases = true },
            "qwen3" => TinyFamilies.Llama with { KeyHeads = 1, HeadWidth = 6, HeadNorms = true },
            _ => TinyFamilies.Llama,
        };
        Run.AssertSame(new PlainLlama(o, Run.Weight).Logits(Tokens), Run.Row(TinyFamilies.All[name](), Run.Weight, Tokens), Tolerance);
    }

    [Fact]
    public void A_gpt2_computes_what_they_say() => Run.AssertSame(new PlainGpt2(TinyFamilies.Gpt2, Run.Weight).Logits(Tokens), Run.Row(Gpt2.Decoder(TinyFamilies.Gpt2), Run.Weight, Tokens), Tolerance);

    [Theory]
    [InlineData(0L)]
    [InlineData(null)]
    public void A_bert_computes_what_they_say(long? padding)
    {
        BertOptions o = TinyFamilies.Bert with { Padding = padding };
        Run.AssertSame(new PlainBert(o, 4, Run.Weight).Logits([3, 12, 1, 7, 0, 0]), Run.Row(Bert.Classifier(o, 4), Run.Weight, 3, 12, 1, 7, 0, 0), Tolerance);
    }

    [Fact]
    public void A_vit_computes_what_they_say()
    {
        float[] pixels = new float[3 * 8 * 12];
        new Philox(3, 0).FillNormal(pixels);
        Run.AssertSame(new PlainVit(TinyFamilies.Vit, Run.Weight).Logits(pixels), Run.Row<float>(Vit.Classifier(TinyFamilies.Vit), Run.Weight, pixels), Tolerance);
    }
}
