using Headroom.Graph;
using Headroom.Graph.Operators;
using Headroom.Runtime.Execution;

namespace Headroom.Runtime.Tests.Operators;

public class NormalizationTests
{
    [Theory]
    [InlineData(ElementType.Float64, 1e-10)]
    [InlineData(ElementType.Float32, 1e-5)]
    [InlineData(ElementType.BFloat16, 2e-2)]
    public void Fixed_statistics_scale_and_shift_each_channel(ElementType element, double tolerance)
    {
        ElementType statistic = element == ElementType.Float64 ? ElementType.Float64 : ElementType.Float32;
        Feed x = Feed.Random(new TensorType(element, 2, 3, 5), 1), scale = Feed.Random(new TensorType(statistic, 3), 2), bias = Feed.Random(new TensorType(statistic, 3), 3);
        Feed mean = Feed.Random(new TensorType(statistic, 3), 4), variance = Feed.Random(new TensorType(statistic, 3), 5, 0.5, 2);
        Result y = GradientCheck.Evaluate((b, v) => [b.Add(new BatchNormalization { Epsilon = 1e-3f }, v)], x, scale, bias, mean, variance)[0];
        for (int i = 0; i < 30; i++)
        {
            int c = i / 5 % 3;
            Assert.Equal((x.Values[i] - mean.Values[c]) / Math.Sqrt(variance.Values[c] + 1e-3f) * scale.Values[c] + bias.Values[c], y.Values[i], tolerance);
        }
    }

    [Fact]
    public void Gradients_with_fixed_statistics()
        => GradientCheck.Run((b, v) => b.Add(new BatchNormalization(), v), Feed.Random(1, 2, 3, 2, 2), Feed.Random(2, 3), Feed.Random(3, 3),
            Feed.Random(4, 3) with { Differentiate = false }, Feed.Random(new TensorType(ElementType.Float64, 3), 5, 0.5, 2) with { Differentiate = false });

    [Fact]
    public void Gradients_through_the_batch_statistics()
        => GradientCheck.Run((b, v) => b.Add(new BatchNormalizationTraining(), "norm", v, 5)[0], Feed.Random(1, 3, 2, 2, 2), Feed.Random(2, 2), Feed.Random(3, 2),
            Feed.Random(4, 2) with { Differentiate = false }, Feed.Random(new TensorType(ElementType.Float64, 2), 5, 0.5, 2) with { Differentiate = false });

    // PyTorch's convention: y by the biased variance, the running variance by the unbiased one.
    [Theory]
    [InlineData(ElementType.Float64)]
    [InlineData(ElementType.Float32)]
    public void Batch_statistics_normalize_and_move_the_running_ones(ElementType element)
    {
        Feed x = Feed.Random(new TensorType(element, 4, 2, 3), 1);
        var channel = new TensorType(element, 2);
        var model = new Model("m")
        {
            Inputs = [new GraphInput(new("x"), element, [4, 2, 3])],
            States =
            [
                new State(new("scale"), channel, StateKind.Weight, Initializer.Ones), new State(new("bias"), channel, StateKind.Weight, Initializer.Zeros),
                new State(new("mean"), channel, StateKind.Statistic, new Initializer.Constant(0.5)), new State(new("variance"), channel, StateKind.Statistic, new Initializer.Constant(2)),
            ],
            Nodes = [new Node("norm", new BatchNormalization { Momentum = 0.8f }, [new("x"), new("scale"), new("bias"), new("mean"), new("variance")], [new("y")])],
            Outputs = [new("y")],
        };
        using var session = new Session();
        Program program = session.Compile(Graph.Passes.Specialize.Run(Graph.Passes.TrainingForm.Run(model), 4));
        session.Initialize(1);
        GradientCheck.Data(x).Bytes.CopyTo(System.Runtime.InteropServices.MemoryMarshal.AsBytes(element == ElementType.Float64 ? System.Runtime.InteropServices.MemoryMarshal.Cast<double, byte>(program.Input<double>(new("x"))) : System.Runtime.InteropServices.MemoryMarshal.Cast<float, byte>(program.Input<float>(new("x")))));
        program.Run();
        double[] y = element == ElementType.Float64 ? program.Output<double>(new("y")).ToArray() : [.. program.Output<float>(new("y")).ToArray().Select(v => (double)v)];
        for (int c = 0; c < 2; c++)
        {
            int channelIndex = c;
            double[] of = [.. Enumerable.Range(0, 24).Where(i => i / 3 % 2 == channelIndex).Select(i => x.Values[i])];
            double mean = of.Average(), squares = of.Sum(v => (v - mean) * (v - mean));
            for (int i = 0; i < 24; i++) if (i / 3 % 2 == c) Assert.Equal((x.Values[i] - mean) / Math.Sqrt(squares / 12 + 1e-5), y[i], 1e-5);
            Assert.Equal(0.8 * 0.5 + 0.2 * mean, session.State("mean").ToData().ToDoubles()[c], 1e-6);
            Assert.Equal(0.8 * 2 + 0.2 * squares / 11, session.State("variance").ToData().ToDoubles()[c], 1e-6);
        }
    }

    [Theory]
    [InlineData(ElementType.Float64, ElementType.Float64, -1, 1e-10)]
    [InlineData(ElementType.Float64, ElementType.Float64, 1, 1e-10)]
    [InlineData(ElementType.Float32, ElementType.Float32, -1, 1e-5)]
    [InlineData(ElementType.Float32, ElementType.Float32, -2, 1e-5)]
    [InlineData(ElementType.BFloat16, ElementType.Float32, -1, 2e-2)]
    [InlineData(ElementType.BFloat16, ElementType.BFloat16, 1, 2e-2)]
    [InlineData(ElementType.Float16, ElementType.Float16, -1, 5e-3)]
    public void Layer_norm_equals_its_formula(ElementType element, ElementType parameter, long axis, double tolerance)
    {
        long[] dims = [3, 5, 7], normalized = axis == -1 ? [7] : [5, 7];
        int columns = (int)normalized.Aggregate((a, b) => a * b);
        Feed x = Feed.Random(new TensorType(element, dims), 1), scale = Feed.Random(new TensorType(parameter, normalized), 2), bias = Feed.Random(new TensorType(parameter, normalized), 3);
        Result[] r = GradientCheck.Evaluate((b, v) => [.. b.Add(new LayerNormalization { Axis = axis }, "norm", v, 3)], x, scale, bias);
        for (int row = 0; row < 105 / columns; row++)
        {
            double[] of = x.Values[(row * columns)..((row + 1) * columns)];
            double mean = of.Average(), inverse = 1 / Math.Sqrt(of.Average(v => (v - mean) * (v - mean)) + 1e-5f);
            Assert.Equal(mean, r[1].Values[row], tolerance);
            Assert.Equal(inverse, r[2].Values[row], tolerance);
            for (int i = 0; i < columns; i++) Assert.Equal((of[i] - mean) * inverse * scale.Values[i] + bias.Values[i], r[0].Values[row * columns + i], 2 * tolerance);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Layer_norm_gradients(long axis)
    {
        long[] normalized = axis == -1 ? [5] : [3, 5];
        var op = new LayerNormalization { Axis = axis };
        GradientCheck.Run((b, v) => b.Add(op, v), Feed.Random(1, 2, 3, 5), Feed.Random(2, normalized), Feed.Random(3, normalized));
        GradientCheck.Run((b, v) => b.Add(op, "norm", v, 3)[0], Feed.Random(1, 2, 3, 5), Feed.Random(2, normalized));
    }

    // Our kernel runs in fp32 and bf16, where central differences are too coarse: it is held against the fp64 path.
    [Theory]
    [InlineData(ElementType.Float32, 1e-4)]
    [InlineData(ElementType.BFloat16, 5e-2)]
    public void Layer_norm_gradients_agree_between_types(ElementType element, double tolerance)
    {
        Result[] Run(ElementType of)
        {
            ElementType statistic = of == ElementType.Float64 ? of : ElementType.Float32;
            Feed dy = As(Feed.Random(new TensorType(ElementType.BFloat16, 4, 19), 1), of), x = As(Feed.Random(new TensorType(ElementType.BFloat16, 4, 19), 2), of), scale = As(Feed.Random(new TensorType(ElementType.BFloat16, 19), 3), of);
            return GradientCheck.Evaluate((b, v) =>
            {
                var f = b.Add(new LayerNormalization(), "norm", [v[1], v[2]], 3);
                Assert.Equal(statistic, b.Type(f[1]).Element);
                return [.. b.Add(new LayerNormalizationGradient(), "gradient", [v[0], v[1], f[1], f[2], v[2]], 3)];
            }, dy, x, scale);
        }
        Result[] expected = Run(ElementType.Float64), found = Run(element);
        for (int o = 0; o < 3; o++)
            for (int i = 0; i < expected[o].Values.Length; i++) Assert.Equal(expected[o].Values[i], found[o].Values[i], tolerance * Math.Max(1, Math.Abs(expected[o].Values[i])));
    }

    private static Feed As(Feed feed, ElementType element) => new(new TensorType(element, feed.Type.Shape), feed.Values);
}
