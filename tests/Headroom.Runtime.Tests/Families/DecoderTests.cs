using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Tests.Models;

namespace Headroom.Runtime.Tests.Families;

public sealed class DecoderTests
{
    private static readonly long[] Tokens = [3, 12, 1, 7, 0, 5];

    [Theory]
    [InlineData("llama")]
    [InlineData("llama, grouped heads, tied")]
    [InlineData("qwen3")]
    [InlineData("gpt2")]
    public void Logits_do_not_depend_on_later_tokens(string name)
    {
        Model model = TinyFamilies.All[name]();
        float[] whole = Run.Row(model, Run.Weight, Tokens);
        for (int t = 0; t + 1 < Tokens.Length; t++)
        {
            long[] other = [.. Tokens[..(t + 1)], .. Tokens[(t + 1)..].Select(x => (x + 4) % TinyFamilies.Vocabulary)];
            float[] changed = Run.Row(model, Run.Weight, other);
            int seen = (t + 1) * (int)TinyFamilies.Vocabulary;
            Assert.Equal(whole[..seen], changed[..seen]);
            Assert.NotEqual(whole[seen..], changed[seen..]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Grouped_heads_are_all_heads_with_keys_and_values_repeated(long keyHeads)
    {
        LlamaOptions grouped = TinyFamilies.Llama with { KeyHeads = keyHeads, Biases = true }, all = grouped with { KeyHeads = null };
        Dictionary<string, State> states = Llama.Decoder(grouped).States.ToDictionary(s => s.Value.Name);
        int head = (int)(all.Width / all.Heads), group = (int)(all.Heads / keyHeads);
        float[] Repeated(State wanted)
        {
            float[] values = Run.Weight(states[wanted.Value.Name]);
            if (values.Length == wanted.Type.Elements) return values;
            return [.. values.Chunk(values.Length / (int)keyHeads).SelectMany(one => Enumerable.Repeat(one, group)).SelectMany(one => one)];
        }
        Assert.Equal(4, head);
        Run.AssertSame(Run.Row(Llama.Decoder(all), Repeated, Tokens), Run.Row(Llama.Decoder(grouped), Run.Weight, Tokens), 1e-5);
    }

    [Fact]
    public void A_tied_head_reads_the_embedding()
    {
        LlamaOptions tied = TinyFamilies.Llama with { TiedHead = true };
        Dictionary<string, State> states = Llama.Decoder(tied).States.ToDictionary(s => s.Value.Name);
        float[] Shared(State s) => Run.Weight(states[s.Value.Name == "lm_head.weight" ? "model.embed_tokens.weight" : s.Value.Name]);
        Run.AssertSame(Run.Row(Llama.Decoder(tied), Run.Weight, Tokens), Run.Row(Llama.Decoder(tied with { TiedHead = false }), Shared, Tokens), 1e-6);
    }

    [Fact]
    public void A_short_row_reads_the_first_positions()
    {
        Gpt2Options whole = TinyFamilies.Gpt2 with { Length = 9 };
        float[] longer = Run.Row(Gpt2.Decoder(whole), Run.Weight, [.. Tokens, 1, 2, 3]), shorter = Run.Row(Gpt2.Decoder(TinyFamilies.Gpt2), Run.Weight, Tokens);
        Run.AssertSame(longer.AsSpan(0, shorter.Length), shorter, 1e-5);
    }
}
