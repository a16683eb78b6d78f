using Headroom.Graph;
using Headroom.Graph.Models;

namespace Headroom.Runtime.Tests.Families;

internal sealed class PlainLlama(LlamaOptions o, Func<State, float[]> weight) : PlainTransformer(Llama.Decoder(o), weight)
{
    public float[] Logits(long[] tokens)
    {
        double[][] h = [.. tokens.Select(t => Row("model.embed_tokens.weight", t, o.Width))];
        for (int i = 0; i < o.Layers; i++)
        {
            string layer = $"model.layers.{i}.";
            double[][] attended = Attend(layer + "self_attn.", [.. h.Select(x => Norm(x, layer + "input_layernorm"))]);
            h = [.. h.Select((x, t) => Sum(x, attended[t]))];
            h = [.. h.Select(x => Sum(x, Gated(layer + "mlp.", Norm(x, layer + "post_attention_layernorm"))))];
        }
        string head = o.TiedHead ? "model.embed_tokens" : "lm_head";
        return [.. h.SelectMany(x => Times(Norm(x, "model.norm"), head)).Select(v => (float)v)];
    }

    private double[] Norm(double[] x, string name) => RmsNorm(x, name, o.NormEpsilon);

    private double[] Gated(string mlp, double[] x)
    {
        double[] gate = Times(x, mlp + "gate_proj"), up = Times(x, mlp + "up_proj");
        return Times([.. gate.Select((g, i) => g / (1 + Math.Exp(-g)) * up[i])], mlp + "down_proj");
    }

    private double[][] Attend(string attention, double[][] x)
    {
        long shared = o.KeyHeads ?? o.Heads;
        double[][][] Split(string part, long heads) => [.. x.Select(row => Heads(Times(row, attention + part + "_proj"), heads))];
        double[][][] Turned(string part, long heads) => [.. Split(part, heads).Select((all, t) => all.Select(h => Turn(o.HeadNorms ? Norm(h, attention + part + "_norm") : h, t)).ToArray())];
        return [.. Attention(Turned("q", o.Heads), Turned("k", shared), Split("v", shared), (t, s) => s <= t).Select(a => Times(a, attention + "o_proj"))];
    }

    private double[] Turn(double[] head, int position)
    {
        int half = head.Length / 2;
        var turned = new double[head.Length];
        for (int i = 0; i < half; i++)
        {
            (double sin, double cos) = Math.SinCos(position * Math.Pow(o.RotaryBase, -2.0 * i / head.Length));
            turned[i] = (head[i] * cos) - (head[i + half] * sin);
            turned[i + half] = (head[i + half] * cos) + (head[i] * sin);
        }
        return turned;
    }
}
