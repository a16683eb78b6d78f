using Headroom.Graph;
using Headroom.Graph.Models;

namespace Headroom.Runtime.Tests.Families;

internal sealed class PlainVit(VitOptions o, Func<State, float[]> weight) : PlainTransformer(Vit.Classifier(o), weight)
{
    /// <param name="pixels"><c>[channels, height, width]</c></param>
    public float[] Logits(float[] pixels)
    {
        int across = (int)(o.PictureWidth / o.Patch), down = (int)(o.PictureHeight / o.Patch);
        double[][] tokens = [Row("vit.embeddings.cls_token", 0, o.Width), .. Enumerable.Range(0, across * down).Select(i => Times(Patch(pixels, i / across, i % across), "vit.embeddings.patch_embeddings.projection"))];
        double[][] h = [.. tokens.Select((x, t) => Sum(x, Row("vit.embeddings.position_embeddings", t, o.Width)))];
        for (int i = 0; i < o.Layers; i++)
        {
            string layer = $"vit.encoder.layer.{i}.";
            double[][][] Part(string part) => [.. h.Select(x => Heads(Times(Norm(x, layer + "layernorm_before"), $"{layer}attention.attention.{part}"), o.Heads))];
            double[][] attended = Attention(Part("query"), Part("key"), Part("value"), (t, s) => true);
            h = [.. h.Select((x, t) => Sum(x, Times(attended[t], layer + "attention.output.dense")))];
            h = [.. h.Select(x => Sum(x, Times([.. Times(Norm(x, layer + "layernorm_after"), layer + "intermediate.dense").Select(Gelu)], layer + "output.dense")))];
        }
        return [.. Times(Norm(h[0], "vit.layernorm"), "classifier").Select(v => (float)v)];
    }

    private double[] Norm(double[] x, string name) => LayerNorm(x, name, o.NormEpsilon);

    /// <summary>A square's pixels, standardised, in the order of the weights: channel, row, column.</summary>
    private double[] Patch(float[] pixels, int row, int column) =>
    [
        .. from c in Enumerable.Range(0, (int)o.Channels)
           from y in Enumerable.Range(0, (int)o.Patch)
           from x in Enumerable.Range(0, (int)o.Patch)
           select ((double)pixels[(((c * o.PictureHeight) + (row * o.Patch) + y) * o.PictureWidth) + (column * o.Patch) + x] - o.Mean[c]) / o.Deviations[c],
    ];
}
