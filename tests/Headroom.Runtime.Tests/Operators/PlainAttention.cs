using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

/// <summary>Attention in its whole ONNX form, one score after the other.</summary>
internal static class PlainAttention
{
    /// <summary>The four outputs: result, present key, present value, scores.</summary>
    /// <param name="op">The attributes.</param>
    /// <param name="f">The seven inputs, null where absent.</param>
    public static double[][] Run(AttentionOperator op, Feed?[] f)
    {
        bool packed = f[0]!.Type.Rank == 3;
        Feed q = Heads(f[0]!, op.QueryHeads), k = Heads(f[1]!, op.KeyHeads > 0 ? op.KeyHeads : op.QueryHeads), v = Heads(f[2]!, op.KeyHeads > 0 ? op.KeyHeads : op.QueryHeads);
        long past = f[4] is { } p ? p.Type.Shape[2] : 0;
        k = Joined(f[4], k);
        v = Joined(f[5], v);
        long batch = q.Type.Shape[0], heads = q.Type.Shape[1], queries = q.Type.Shape[2], width = q.Type.Shape[3], keys = k.Type.Shape[2], wide = v.Type.Shape[3], group = heads / k.Type.Shape[1];
        double scale = op.Scale ?? 1 / Math.Sqrt(width);
        var y = new double[batch * heads * queries * wide];
        var scores = new double[batch * heads * queries * keys];
        for (long b = 0; b < batch; b++)
            for (long h = 0; h < heads; h++)
                for (long i = 0; i < queries; i++)
                {
                    var s = new double[keys];
                    double valid = f[6] is { } n ? n.Values[b] : keys, at = i + (f[6] is null ? past : valid - queries);
                    for (long j = 0; j < keys; j++)
                    {
                        for (long d = 0; d < width; d++) s[j] += scale * At(q, b, h, i, d) * At(k, b, h / group, j, d);
                        double raw = s[j];
                        if (op.Softcap > 0) s[j] = op.Softcap * Math.Tanh(s[j] / op.Softcap);
                        double capped = s[j];
                        bool seen = j < valid && (!op.IsCausal || j <= at) && (op.LeftWindow < 0 || j >= at - op.LeftWindow) && (op.RightWindow < 0 || j <= at + op.RightWindow);
                        s[j] = seen ? s[j] + (f[3] is { } m ? Mask(m, b, h, i, j) : 0) : double.NegativeInfinity;
                        scores[((b * heads + h) * queries + i) * keys + j] = op.ScoresOutput switch { AttentionScores.Raw => raw, AttentionScores.Capped => capped, _ => s[j] };
                    }
                    double most = s.DefaultIfEmpty(0).Max(), sum = s.Sum(x => Math.Exp(x - most));
                    for (long j = 0; j < keys; j++)
                    {
                        double weight = double.IsNegativeInfinity(most) ? 0 : Math.Exp(s[j] - most) / sum;
                        if (op.ScoresOutput == AttentionScores.Weights) scores[((b * heads + h) * queries + i) * keys + j] = weight;
                        for (long d = 0; d < wide; d++) y[packed ? ((b * queries + i) * heads + h) * wide + d : ((b * heads + h) * queries + i) * wide + d] += weight * At(v, b, h / group, j, d);
                    }
                }
        return [y, k.Values, v.Values, scores];
    }

    private static double At(Feed x, long b, long h, long i, long d) => x.Values[((b * x.Type.Shape[1] + h) * x.Type.Shape[2] + i) * x.Type.Shape[3] + d];

    private static Feed Heads(Feed x, long heads)
    {
        if (x.Type.Rank == 4) return x;
        long batch = x.Type.Shape[0], seq = x.Type.Shape[1], width = x.Type.Shape[2] / heads;
        var values = new double[x.Values.Length];
        for (long b = 0; b < batch; b++)
            for (long t = 0; t < seq; t++)
                for (long h = 0; h < heads; h++)
                    for (long d = 0; d < width; d++) values[((b * heads + h) * seq + t) * width + d] = x.Values[((b * seq + t) * heads + h) * width + d];
        return new Feed(new TensorType(x.Type.Element, batch, heads, seq, width), values);
    }

    private static Feed Joined(Feed? past, Feed now)
    {
        if (past is null) return now;
        Shape p = past.Type.Shape, n = now.Type.Shape;
        long before = p[2] * p[3], after = n[2] * n[3];
        var values = new List<double>();
        for (int row = 0; row < n[0] * n[1]; row++)
        {
            values.AddRange(past.Values.Skip((int)(row * before)).Take((int)before));
            values.AddRange(now.Values.Skip((int)(row * after)).Take((int)after));
        }
        return new Feed(new TensorType(now.Type.Element, n.With(2, p[2] + n[2])), [.. values]);
    }

    private static double Mask(Feed mask, params long[] index)
    {
        Shape shape = mask.Type.Shape;
        long at = 0;
        for (int i = 0; i < shape.Rank; i++)
        {
            long x = shape[i] == 1 ? 0 : index[4 - shape.Rank + i];
            if (x >= shape[i]) return double.NegativeInfinity;
            at = at * shape[i] + x;
        }
        return mask.Type.Element != ElementType.Bool ? mask.Values[at] : mask.Values[at] != 0 ? 0 : double.NegativeInfinity;
    }
}
