using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;
using ActivationForm = Headroom.Graph.Operators.ActivationForm;

namespace Headroom.Runtime.Tests.Fused;

public sealed unsafe class ElementwiseTests
{
    /// <summary>Φ by the series of Marsaglia, 2004: an independent route to the last digit.</summary>
    static double Cumulative(double x)
    {
        if (Math.Abs(x) > 8) return x > 0 ? 1 : 0;
        double sum = x, term = x;
        for (int i = 1; Math.Abs(term) > 1e-17 && i < 400; i++) sum += term *= x * x / (2 * i + 1);
        return 0.5 + sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
    }

    [Theory]
    [InlineData(ActivationForm.Gelu, ScalarType.Float32, 9, 21)]
    [InlineData(ActivationForm.Gelu, ScalarType.BFloat16, 40, 32)]
    [InlineData(ActivationForm.GeluTanh, ScalarType.Float32, 40, 32)]
    [InlineData(ActivationForm.GeluTanh, ScalarType.BFloat16, 9, 21)]
    [InlineData(ActivationForm.Relu, ScalarType.Float32, 67, 5)]
    [InlineData(ActivationForm.Relu, ScalarType.BFloat16, 40, 48)]
    public void Activations_their_gradients_and_the_bias_gradient_equal_the_definition(ActivationForm form, ScalarType type, int rows, int columns)
    {
        int n = rows * columns;
        using var x = Operand.Normal(n, type, 1, 2);
        using var bias = Operand.Normal(columns, ScalarType.Float32, 2);
        using var y = Operand.Zeros(n, type);
        using var dy = Operand.Normal(n, type, 3);
        using var sums = Operand.Zeros(columns);
        double[] before = x.Values, d = dy.Values;
        BiasActivation.Forward(form, x.Data, bias.Floats, x.Data, y.Data, type, rows, columns);
        double[] z = x.Values, forward = y.Values;
        Operand kept = form == ActivationForm.Relu ? y : x;
        BiasActivation.Backward(form, kept.Data, dy.Data, dy.Data, type, sums.Floats, rows, columns, again: kept.Data);
        var expected = new double[columns];
        for (int i = 0; i < n; i++)
        {
            Close.To(before[i] + bias[i % columns], z[i], type, 1, "x + bias");
            (double value, double slope) = Definition(form, z[i]);
            Close.To(value, forward[i], type, 4, "y");
            Close.To(d[i] * slope, dy[i], type, 4, "dx");
            Close.To(value, kept[i], type, 4, "y again");
            expected[i % columns] += d[i] * slope;
        }
        for (int c = 0; c < columns; c++) Close.To(expected[c], sums[c], ScalarType.Float32, 10 * rows, "sums");
    }

    [Fact]
    public void Gelu_is_within_a_rounding_of_the_series_everywhere()
    {
        const int N = 4001;
        using var x = new Operand(N, ScalarType.Float32, i => (i - 2000) / 250.0);
        using var y = Operand.Zeros(N);
        BiasActivation.Forward(ActivationForm.Gelu, x.Data, null, null, y.Data, ScalarType.Float32, 1, N);
        for (int i = 0; i < N; i++) Assert.Equal(x[i] * Cumulative(x[i]), y[i], 3e-7 * Math.Max(1, Math.Abs(x[i])));
    }

    [Theory]
    [InlineData(ActivationForm.Relu)]
    [InlineData(ActivationForm.Gelu)]
    [InlineData(ActivationForm.GeluTanh)]
    public void Far_from_zero_activations_end_in_0_and_in_x_and_NaN_stays(ActivationForm form)
    {
        using var x = new Operand(5, ScalarType.Float32, i => new[] { -1e4, -30, 30, 1e4, double.NaN }[i]);
        using var y = Operand.Zeros(5);
        BiasActivation.Forward(form, x.Data, null, null, y.Data, ScalarType.Float32, 1, 5);
        Assert.Equal([0, 0, 30, 1e4, double.NaN], y.Values.Select(v => Math.Round(v, 6) + 0.0));
    }

    private static (double Value, double Slope) Definition(ActivationForm form, double z)
    {
        if (form == ActivationForm.Relu) return (Math.Max(z, 0), z > 0 ? 1 : 0);
        if (form == ActivationForm.Gelu) return (z * Cumulative(z), Cumulative(z) + z * Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI));
        double root = Math.Sqrt(2 / Math.PI), tanh = Math.Tanh(root * (z + 0.044715 * z * z * z));
        return (0.5 * z * (1 + tanh), 0.5 * (1 + tanh) + 0.5 * z * (1 - tanh * tanh) * root * (1 + 3 * 0.044715 * z * z));
    }

    [Theory]
    [InlineData(ScalarType.Float32, 131, 40)]
    [InlineData(ScalarType.BFloat16, 67, 19)]
    public void Column_sums_equal_the_definition_and_accumulate(ScalarType type, int rows, int columns)
    {
        using var matrix = Operand.Normal(rows * columns, type, 1);
        using var sums = new Operand(columns, ScalarType.Float32, _ => 99);
        ColumnSums.Run(matrix.Data, type, sums.Floats, rows, columns);
        ColumnSums.Run(matrix.Data, type, sums.Floats, rows, columns, accumulate: true);
        for (int c = 0; c < columns; c++) Close.To(2 * Enumerable.Range(0, rows).Sum(r => matrix[r * columns + c]), sums[c], ScalarType.Float32, 4 * rows, "sum");
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Three_steps_of_AdamW_equal_the_algorithm(ScalarType type)
    {
        const int N = 53;
        using var weight = Operand.Normal(N, ScalarType.Float32, 1);
        using var m = Operand.Zeros(N);
        using var v = Operand.Zeros(N);
        using var copy = Operand.Zeros(N, ScalarType.BFloat16);
        double[] w = weight.Values, first = new double[N], second = new double[N];
        for (int step = 1; step <= 3; step++)
        {
            using var gradient = Operand.Normal(N, type, 10 + step);
            AdamW.Run(weight.Floats, gradient.Data, type, m.Floats, v.Floats, (ushort*)copy.Data, N, step, 1e-2, 0.9, 0.95, 1e-8, 0.1, gradientScale: 0.5);
            for (int i = 0; i < N; i++)
            {
                double g = 0.5 * gradient[i];
                first[i] = 0.9 * first[i] + 0.1 * g;
                second[i] = 0.95 * second[i] + 0.05 * g * g;
                w[i] = w[i] * (1 - 1e-2 * 0.1) - 1e-2 * (first[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(second[i] / (1 - Math.Pow(0.95, step))) + 1e-8);
            }
        }
        for (int i = 0; i < N; i++)
        {
            Close.To(w[i], weight[i], ScalarType.Float32, 1, "weight");
            Close.To(w[i], copy[i], ScalarType.BFloat16, 0, "copy");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Three_steps_of_SGD_with_momentum_equal_the_algorithm(bool nesterov)
    {
        const int N = 35;
        using var weight = Operand.Normal(N, ScalarType.Float32, 1);
        using var velocity = Operand.Zeros(N);
        double[] w = weight.Values, b = new double[N];
        for (int step = 1; step <= 3; step++)
        {
            using var gradient = Operand.Normal(N, ScalarType.Float32, 20 + step);
            Sgd.Run(weight.Floats, gradient.Data, ScalarType.Float32, velocity.Floats, null, N, 0.1, 0.9, 5e-4, nesterov);
            for (int i = 0; i < N; i++)
            {
                double g = gradient[i] + 5e-4 * w[i];
                b[i] = 0.9 * b[i] + g;
                w[i] -= 0.1 * (nesterov ? g + 0.9 * b[i] : b[i]);
            }
        }
        for (int i = 0; i < N; i++) Close.To(w[i], weight[i], ScalarType.Float32, 1, "weight");
    }

    [Fact]
    public void Casting_to_bf16_rounds_to_nearest_ties_to_even_and_keeps_NaN_and_infinity()
    {
        float[] cases = [1f, 1.00390625f, 1.01171875f, 3.4e38f, float.PositiveInfinity, float.NaN, -0f, 1e-40f, BitConverter.UInt32BitsToSingle(0x7f800001u)];
        ushort[] expected = [0x3f80, 0x3f80, 0x3f82, 0x7f80, 0x7f80, 0x7fc0, 0x8000, 0x0001, 0x7fc0];
        // Once as a tail, once as whole vectors.
        foreach (int repeat in new[] { 1, 32 })
        {
            using var source = new Operand(cases.Length * repeat, ScalarType.Float32, i => cases[i / repeat]);
            using var target = Operand.Zeros(source.Count, ScalarType.BFloat16);
            for (int i = 0; i < source.Count; i++) source.Floats[i] = cases[i / repeat];
            Casts.Run(source.Data, ScalarType.Float32, target.Data, ScalarType.BFloat16, source.Count);
            for (int i = 0; i < source.Count; i++) Assert.Equal(i / repeat == 7 ? ((ushort*)target.Data)[i] : expected[i / repeat], ((ushort*)target.Data)[i]);
            using var back = Operand.Zeros(source.Count);
            Casts.Run(target.Data, ScalarType.BFloat16, back.Data, ScalarType.Float32, source.Count);
            Assert.Equal(target.Values, back.Values);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float32, 2, 5, 3, 2, 16)]
    [InlineData(ScalarType.BFloat16, 3, 4, 1, 2, 7)]
    public void Heads_split_with_their_bias_and_merge_back_with_its_gradient(ScalarType type, int batch, int seq, int parts, int heads, int width)
    {
        int columns = parts * heads * width, rows = batch * seq;
        using var packed = Operand.Normal(rows * columns, type, 1);
        using var bias = Operand.Normal(columns, ScalarType.Float32, 2);
        using var split = Operand.Zeros(rows * columns, type);
        using var merged = Operand.Zeros(rows * columns, type);
        using var sums = Operand.Zeros(columns);
        Heads.Split(packed.Data, bias.Floats, split.Data, type, batch, seq, parts, heads, width);
        Heads.Merge(split.Data, merged.Data, sums.Floats, type, batch, seq, parts, heads, width);
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++)
            {
                double expected = packed[r * columns + c] + bias[c];
                Close.To(expected, merged[r * columns + c], type, 1, "merged");
                int part = c / width / heads, head = c / width % heads;
                Assert.Equal(merged[r * columns + c], split[(((part * batch + r / seq) * heads + head) * seq + r % seq) * width + c % width]);
            }
        for (int c = 0; c < columns; c++) Close.To(Enumerable.Range(0, rows).Sum(r => merged[r * columns + c]), sums[c], ScalarType.Float32, rows, "sum");
    }

    [Fact]
    public void Embedding_rows_go_out_and_their_gradients_come_back()
    {
        const int Entries = 7, Rows = 12, Width = 20, Period = 4;
        using var table = Operand.Normal(Entries * Width, ScalarType.Float32, 1);
        using var positions = Operand.Normal(Period * Width, ScalarType.Float32, 2);
        using var output = Operand.Zeros(Rows * Width);
        using var gradient = Operand.Zeros(Entries * Width);
        using var positionGradient = Operand.Zeros(Period * Width);
        long* indices = stackalloc long[Rows];
        for (int r = 0; r < Rows; r++) indices[r] = r * 3 % Entries;
        Embedding.Forward(table.Floats, indices, positions.Floats, Period, output.Data, ScalarType.Float32, Rows, Width);
        Embedding.Accumulate(output.Data, ScalarType.Float32, indices, 0, gradient.Floats, Rows, Width);
        Embedding.Accumulate(output.Data, ScalarType.Float32, null, Period, positionGradient.Floats, Rows, Width);
        double[] expected = new double[Entries * Width], expectedPositions = new double[Period * Width];
        for (int r = 0; r < Rows; r++)
            for (int c = 0; c < Width; c++)
            {
                Close.To(table[(int)indices[r] * Width + c] + positions[r % Period * Width + c], output[r * Width + c], ScalarType.Float32);
                expected[indices[r] * Width + c] += output[r * Width + c];
                expectedPositions[r % Period * Width + c] += output[r * Width + c];
            }
        for (int i = 0; i < expected.Length; i++) Close.To(expected[i], gradient[i], ScalarType.Float32, 4);
        for (int i = 0; i < expectedPositions.Length; i++) Close.To(expectedPositions[i], positionGradient[i], ScalarType.Float32, 4);
    }
}
