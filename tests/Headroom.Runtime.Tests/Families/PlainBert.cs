using Headroom.Graph;
using Headroom.Graph.Models;

namespace Headroom.Runtime.Tests.Families;

internal sealed class PlainBert(BertOptions o, long classes, Func<State, float[]> weight) : PlainTransformer(Bert.Classifier(o, classes), weight)
{
    public float[] Logits(long[] tokens)
    {
        const string embeddings = "bert.embeddings.";
        double[][] h = [.. tokens.Select((t, p) => Norm(
            Sum(Sum(Row(embeddings + "word_embeddings.weight", t, o.Width), Row(embeddings + "position_embeddings.weight", p, o.Width)), Row(embeddings + "token_type_embeddings.weight", 0, o.Width)),
            embeddings + "LayerNorm"))];
        for (int i = 0; i < o.Layers; i++)
        {
            string layer = $"bert.encoder.layer.{i}.";
            double[][][] Part(string part) => [.. h.Select(x => Heads(Times(x, $"{layer}attention.self.{part}"), o.Heads))];
            double[][] attended = Attention(Part("query"), Part("key"), Part("value"), (t, s) => tokens[s] != o.Padding);
            h = [.. h.Select((x, t) => Norm(Sum(x, Times(attended[t], layer + "attention.output.dense")), layer + "attention.output.LayerNorm"))];
            h = [.. h.Select(x => Norm(Sum(x, Times([.. Times(x, layer + "intermediate.dense").Select(Gelu)], layer + "output.dense")), layer + "output.LayerNorm"))];
        }
        return [.. Times([.. Times(h[0], "bert.pooler.dense").Select(Math.Tanh)], "classifier").Select(v => (float)v)];
    }

    private double[] Norm(double[] x, string name) => LayerNorm(x, name, o.NormEpsilon);
}
