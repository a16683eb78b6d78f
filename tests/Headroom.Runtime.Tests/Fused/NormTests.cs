using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.Fused;

public sealed unsafe class NormTests
{
    const double Epsilon = 1e-5;

    static (double Mean, double Reciprocal) Statistics(IReadOnlyCollection<double> x)
    {
        double mean = x.Average();
        return (mean, 1 / Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + Epsilon));
    }

    [Theory]
    [InlineData(ScalarType.Float32, ScalarType.Float32, 7, 20)]
    [InlineData(ScalarType.Float32, ScalarType.BFloat16, 33, 48)]
    [InlineData(ScalarType.BFloat16, ScalarType.BFloat16, 5, 17)]
    public void Layer_norm_of_stream_branch_and_bias_equals_the_definition(ScalarType streamType, ScalarType type, int rows, int columns)
    {
        using var stream = Operand.Normal(rows * columns, streamType, 1);
        using var branch = Operand.Normal(rows * columns, type, 2);
        using var bias = Operand.Normal(columns, ScalarType.Float32, 3);
        using var gamma = Operand.Normal(columns, ScalarType.Float32, 4);
        using var beta = Operand.Normal(columns, ScalarType.Float32, 5);
        using var y = Operand.Zeros(rows * columns, type);
        using var again = Operand.Zeros(rows * columns, type);
        using var mean = Operand.Zeros(rows);
        using var reciprocal = Operand.Zeros(rows);
        double[] sum = [.. stream.Values.Select((v, i) => v + branch[i] + bias[i % columns])];
        LayerNorm.Forward(stream.Data, streamType, branch.Data, bias.Floats, y.Data, type, gamma.Floats, beta.Floats, mean.Floats, reciprocal.Floats, rows, columns);
        LayerNorm.Recompute(stream.Data, streamType, again.Data, type, gamma.Floats, beta.Floats, mean.Floats, reciprocal.Floats, rows, columns);
        Assert.Equal(y.Values, again.Values);
        for (int i = 0; i < sum.Length; i++) Close.To(sum[i], stream[i], streamType, 1, "sum");
        double[] stored = stream.Values;
        for (int r = 0; r < rows; r++)
        {
            (double m, double k) = Statistics(stored[(r * columns)..((r + 1) * columns)]);
            Close.To(m, mean[r], ScalarType.Float32, 1, "mean");
            for (int c = 0; c < columns; c++) Close.To((stored[r * columns + c] - m) * k * gamma[c] + beta[c], y[r * columns + c], type, 3, "y");
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, ScalarType.Float32, 37, 20)]
    [InlineData(ScalarType.Float32, ScalarType.BFloat16, 65, 48)]
    [InlineData(ScalarType.BFloat16, ScalarType.BFloat16, 5, 17)]
    public void Layer_norm_gradient_and_its_column_sums_equal_the_definition(ScalarType streamType, ScalarType type, int rows, int columns)
    {
        int n = rows * columns;
        using var x = Operand.Normal(n, streamType, 1);
        using var dy = Operand.Normal(n, type, 2);
        using var stream = Operand.Normal(n, streamType, 3);
        using var gamma = Operand.Normal(columns, ScalarType.Float32, 4);
        using var y = Operand.Zeros(n, type);
        using var branch = Operand.Zeros(n, type);
        using var mean = Operand.Zeros(rows);
        using var reciprocal = Operand.Zeros(rows);
        using var sums = Operand.Zeros(3 * columns);
        double[] before = stream.Values;
        LayerNorm.Forward(x.Data, streamType, null, null, y.Data, type, gamma.Floats, null, mean.Floats, reciprocal.Floats, rows, columns);
        LayerNormGradient.Run(dy.Data, type, x.Data, stream.Data, streamType, branch.Data, gamma.Floats, mean.Floats, reciprocal.Floats,
            sums.Floats, sums.Floats + columns, sums.Floats + 2 * columns, rows, columns, before: stream.Data);
        var expected = new double[3 * columns];
        for (int r = 0; r < rows; r++)
        {
            int at = r * columns;
            (double m, double k) = Statistics(x.Values[at..(at + columns)]);
            double[] normal = [.. Enumerable.Range(at, columns).Select(i => (x[i] - m) * k)], g = [.. Enumerable.Range(0, columns).Select(c => dy[at + c] * gamma[c])];
            double a = g.Average(), b = g.Zip(normal, (u, v) => u * v).Average();
            for (int c = 0; c < columns; c++)
            {
                double dx = k * (g[c] - a - normal[c] * b) + before[at + c];
                Close.To(dx, stream[at + c], streamType, 10, "dx");
                Close.To(dx, branch[at + c], type, 10, "branch");
                expected[c] += dy[at + c] * normal[c];
                expected[columns + c] += dy[at + c];
                expected[2 * columns + c] += dx;
            }
        }
        for (int c = 0; c < expected.Length; c++) Close.To(expected[c], sums[c], streamType == type ? ScalarType.Float32 : ScalarType.Float32, 10 * rows, "sums");
    }

    [Theory]
    [InlineData(ScalarType.Float32, 300, 16, true)]
    [InlineData(ScalarType.Float32, 513, 19, false)]
    [InlineData(ScalarType.BFloat16, 700, 32, true)]
    public void Batch_norm_with_residual_and_relu_and_its_gradient_equal_the_definition(ScalarType type, int rows, int channels, bool relu)
    {
        int n = rows * channels;
        using var x = Operand.Normal(n, type, 1);
        using var residual = Operand.Normal(n, type, 2);
        using var dy = Operand.Normal(n, type, 3);
        using var gamma = Operand.Normal(channels, ScalarType.Float32, 4);
        using var beta = Operand.Normal(channels, ScalarType.Float32, 5);
        using var y = Operand.Zeros(n, type);
        using var dx = Operand.Zeros(n, type);
        using var statistics = Operand.Zeros(6 * channels);
        float* s = statistics.Floats;
        double[] d = dy.Values;
        BatchNorm.Forward(x.Data, residual.Data, y.Data, type, gamma.Floats, beta.Floats, s, s + channels, s + 2 * channels, s + 3 * channels, rows, channels, relu);
        using var other = Operand.Zeros(n, type);
        BatchNormGradient.Run(x.Data, relu ? y.Data : null, dy.Data, other.Data, type, gamma.Floats, s, s + channels, s + 4 * channels, s + 5 * channels, rows, channels);
        BatchNormGradient.Run(x.Data, relu ? y.Data : null, dy.Data, dx.Data, type, gamma.Floats, s, s + channels, s + 4 * channels, s + 5 * channels, rows, channels, null, dy.Data);
        Assert.Equal(other.Values, dx.Values);
        for (int c = 0; c < channels; c++)
        {
            double[] column = [.. Enumerable.Range(0, rows).Select(r => x[r * channels + c])];
            (double m, double k) = Statistics(column);
            Close.To(0.1 * m, s[2 * channels + c], ScalarType.Float32, 1, "running mean");
            Close.To(0.1 * column.Sum(v => (v - m) * (v - m)) / (rows - 1), s[3 * channels + c], ScalarType.Float32, 1, "running variance");
            double Masked(int r) => relu && y[r * channels + c] <= 0 ? 0 : d[r * channels + c];
            double sum = Enumerable.Range(0, rows).Sum(Masked), dot = Enumerable.Range(0, rows).Sum(r => Masked(r) * (column[r] - m) * k);
            Close.To(dot, s[4 * channels + c], ScalarType.Float32, 10 * rows, "gamma gradient");
            Close.To(sum, s[5 * channels + c], ScalarType.Float32, 10 * rows, "beta gradient");
            for (int r = 0; r < rows; r++)
            {
                int i = r * channels + c;
                double value = (column[r] - m) * k * gamma[c] + beta[c] + residual[i];
                Close.To(relu ? Math.Max(value, 0) : value, y[i], type, 3, "y");
                Close.To(Masked(r), dy[i], type, 0, "masked");
                Close.To(gamma[c] * k * (Masked(r) - sum / rows - (column[r] - m) * k * dot / rows), dx[i], type, 3, "dx");
            }
        }
    }
}
