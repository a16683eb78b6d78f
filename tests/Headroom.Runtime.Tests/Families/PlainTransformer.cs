using Headroom.Graph;

namespace Headroom.Runtime.Tests.Families;

/// <summary>Layers of transformers in loops over doubles, written from the papers: nothing of them goes through a graph.</summary>
internal abstract class PlainTransformer(Model model, Func<State, float[]> weight)
{
    private readonly Dictionary<string, float[]> _weights = model.States.ToDictionary(s => s.Value.Name, weight);

    /// <summary>A row of a table, or the whole weight.</summary>
    protected double[] Row(string name, long row, long width) => [.. _weights[name].Skip((int)(row * width)).Take((int)width).Select(v => (double)v)];

    /// <summary>W x + b, W by rows of outputs.</summary>
    protected double[] Times(double[] x, string name)
    {
        double[] y = [.. _weights[name + ".weight"].Chunk(x.Length).Select(row => row.Zip(x, (w, v) => w * v).Sum())];
        return Biased(y, name);
    }

    /// <summary>x W + b, W by rows of inputs.</summary>
    protected double[] TimesTransposed(double[] x, string name)
    {
        float[][] rows = [.. _weights[name + ".weight"].Chunk(_weights[name + ".weight"].Length / x.Length)];
        return Biased([.. Enumerable.Range(0, rows[0].Length).Select(o => x.Select((v, i) => v * rows[i][o]).Sum())], name);
    }

    protected double[] LayerNorm(double[] x, string name, double epsilon)
    {
        double mean = x.Average(), deviation = Math.Sqrt(x.Select(v => (v - mean) * (v - mean)).Average() + epsilon);
        return Biased([.. x.Select((v, i) => (v - mean) / deviation * _weights[name + ".weight"][i])], name);
    }

    protected double[] RmsNorm(double[] x, string name, double epsilon)
    {
        double root = Math.Sqrt(x.Select(v => v * v).Average() + epsilon);
        return [.. x.Select((v, i) => v / root * _weights[name + ".weight"][i])];
    }

    /// <summary>Attention over <c>[token][head][feature]</c>; heads of key and value may be shared.</summary>
    protected static double[][] Attention(double[][][] q, double[][][] k, double[][][] v, Func<int, int, bool> sees)
    {
        int group = q[0].Length / k[0].Length, width = v[0][0].Length;
        double[] One(int t, int head)
        {
            double[] scores = [.. k.Select((key, s) => sees(t, s) ? Math.Exp(q[t][head].Zip(key[head / group], (a, b) => a * b).Sum() / Math.Sqrt(q[t][head].Length)) : 0)];
            return [.. Enumerable.Range(0, width).Select(f => scores.Select((p, s) => p * v[s][head / group][f]).Sum() / scores.Sum())];
        }
        return [.. q.Select((heads, t) => Enumerable.Range(0, heads.Length).SelectMany(head => One(t, head)).ToArray())];
    }

    protected static double[][] Heads(double[] x, long heads) => [.. x.Chunk(x.Length / (int)heads)];

    protected static double GeluTanh(double x) => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))));

    /// <summary>With Φ by Simpson's rule on the density.</summary>
    protected static double Gelu(double x)
    {
        const int steps = 400;
        double h = x / steps, sum = 0;
        for (int i = 0; i <= steps; i++) sum += (i is 0 or steps ? 1 : i % 2 == 1 ? 4 : 2) * Math.Exp(-0.5 * i * h * i * h);
        return x * (0.5 + (sum * h / 3 / Math.Sqrt(2 * Math.PI)));
    }

    protected static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private double[] Biased(double[] y, string name) => _weights.TryGetValue(name + ".bias", out float[]? bias) ? [.. y.Zip(bias, (v, b) => v + b)] : y;
}
