using Headroom.Graph;
using Headroom.Graph.Models;

namespace Headroom.Runtime.Tests.Families;

internal sealed class PlainGpt2(Gpt2Options o, Func<State, float[]> weight) : PlainTransformer(Gpt2.Decoder(o), weight)
{
    public float[] Logits(long[] tokens)
    {
        double[][] h = [.. tokens.Select((t, p) => Sum(Row("transformer.wte.weight", t, o.Width), Row("transformer.wpe.weight", p, o.Width)))];
        for (int i = 0; i < o.Layers; i++)
        {
            string block = $"transformer.h.{i}.";
            // Query, key and value side by side.
            double[][][] qkv = [.. h.Select(x => TimesTransposed(LayerNorm(x, block + "ln_1", o.NormEpsilon), block + "attn.c_attn").Chunk((int)o.Width).ToArray())];
            double[][][] Part(int part) => [.. qkv.Select(three => Heads(three[part], o.Heads))];
            double[][] attended = Attention(Part(0), Part(1), Part(2), (t, s) => s <= t);
            h = [.. h.Select((x, t) => Sum(x, TimesTransposed(attended[t], block + "attn.c_proj")))];
            h = [.. h.Select(x => Sum(x, TimesTransposed([.. TimesTransposed(LayerNorm(x, block + "ln_2", o.NormEpsilon), block + "mlp.c_fc").Select(GeluTanh)], block + "mlp.c_proj")))];
        }
        return [.. h.SelectMany(x => Times(LayerNorm(x, "transformer.ln_f", o.NormEpsilon), "transformer.wte")).Select(v => (float)v)];
    }
}
