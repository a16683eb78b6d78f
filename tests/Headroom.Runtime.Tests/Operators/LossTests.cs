using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public class LossTests
{
    public static TheoryData<LossReduction, bool, bool> Forms => new()
    {
        { LossReduction.Mean, false, false }, { LossReduction.Sum, true, false }, { LossReduction.None, true, false }, { LossReduction.Mean, true, true }, { LossReduction.None, false, true },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Equals_the_closed_form_and_its_gradient_central_differences(LossReduction reduction, bool ignore, bool weighted)
    {
        foreach (long[] positions in new long[][] { [], [2, 3] })
        {
            var rows = new Shape([4, .. positions]);
            long[] labels = [.. Enumerable.Range(0, (int)rows.Elements).Select(i => ignore && i % 3 == 1 ? -1L : i * 7 % 5)];
            var op = new SoftmaxCrossEntropyLoss { Reduction = reduction, IgnoreIndex = ignore ? -1 : null };
            Feed y = Feed.Longs(rows, labels);
            foreach ((ElementType element, double tolerance) in new[] { (ElementType.Float64, 1e-10), (ElementType.Float32, 1e-5), (ElementType.BFloat16, 1.0 / 256), (ElementType.Float16, 1.0 / 2048) })
            {
                Feed x = Feed.Random(new TensorType(element, [4, 5, .. positions]), 1);
                Feed w = Feed.Random(new TensorType(element == ElementType.Float64 ? element : ElementType.Float32, 5), 2, 0.5, 2) with { Differentiate = false };
                Feed[] feeds = weighted ? [x, y, w] : [x, y];
                Result loss = GradientCheck.Evaluate((b, v) => [b.Add(op, v)], feeds)[0];
                Assert.Equal(element, loss.Type.Element);
                double[] expected = Reference(op, x, labels, weighted ? w.Values : null, positions.Aggregate(1L, (a, b) => a * b));
                for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], loss.Values[i], tolerance * Math.Max(1, Math.Abs(expected[i])));
                if (element == ElementType.Float64) GradientCheck.Run((b, v) => b.Add(op, v), feeds);
            }
        }
    }

    [Theory]
    [InlineData(ElementType.Float32, 1e-5)]
    [InlineData(ElementType.BFloat16, 5e-3)]
    public void Gradient_overwrites_the_logits_with_softmax_minus_onehot(ElementType element, double tolerance)
    {
        Feed x = Feed.Random(new TensorType(element, 5, 37), 1, -4, 4), y = Feed.Longs(new Shape(5), 3, 36, -100, 0, 17);
        Result g = GradientCheck.Evaluate((b, v) =>
        {
            Value scores = b.Add(new Mul(), v[0], b.Constant(TensorData.Fill(element, Shape.Scalar, 1)));
            var loss = b.Add(new SoftmaxCrossEntropyLossTraining { IgnoreIndex = -100 }, "loss", [scores, v[1]], 2);
            var gradients = new Dictionary<Value, Value>();
            Differentiate.Run(b, loss[0], [scores], (by, gradient) => gradients[by] = gradient);
            return [gradients[scores]];
        }, x, y)[0];
        for (int row = 0; row < 5; row++)
        {
            double[] z = x.Values[(row * 37)..(row * 37 + 37)];
            double most = z.Max(), sum = z.Sum(v => Math.Exp(v - most));
            for (int k = 0; k < 37; k++)
                Assert.Equal(row == 2 ? 0 : (Math.Exp(z[k] - most) / sum - (k == (int)y.Values[row] ? 1 : 0)) / 4, g.Values[row * 37 + k], tolerance);
        }
    }

    [Theory] // in the inference form a gradient that arrives in the scores' type is widened before it is read
    [InlineData(ElementType.BFloat16, LossReduction.Mean)]
    [InlineData(ElementType.Float16, LossReduction.Mean)]
    [InlineData(ElementType.Float16, LossReduction.None)]
    public void Gradients_of_narrow_scores_are_those_of_wide_ones(ElementType element, LossReduction reduction)
    {
        Feed y = Feed.Longs(new Shape(4), 2, 0, 6, 3), narrow = Feed.Random(new TensorType(element, 4, 7), 3), wide = Feed.Of(new TensorType(ElementType.Float64, 4, 7), [.. narrow.Values]);
        GradientCheck.Function both = (b, v) => [.. b.Add(new SoftmaxCrossEntropyLoss { Reduction = reduction }, "loss", v, 2)];
        double[] found = GradientCheck.Gradients(both, false, narrow, y).Gradients[0]!, expected = GradientCheck.Gradients(both, false, wide, y).Gradients[0]!;
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 0.02);
    }

    [Theory]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Float64)]
    public void Extreme_logits_neither_overflow_nor_lose_the_label(ElementType element)
    {
        Feed x = Feed.Of(new TensorType(element, 3, 3), 1e4, -1e4, 0, 1e4, -1e4, 0, -1e4, -1e4, -1e4), y = Feed.Longs(new Shape(3), 0, 1, 2);
        double[] z = x.Values;
        Result loss = GradientCheck.Evaluate((b, v) => [b.Add(new SoftmaxCrossEntropyLoss { Reduction = LossReduction.None }, v)], x, y)[0];
        Assert.Equal(0, loss.Values[0], 1e-6);
        Assert.Equal(z[0] - z[1], loss.Values[1], 1e-2);
        Assert.Equal(Math.Log(3), loss.Values[2], element == ElementType.Float64 ? 1e-9 : element == ElementType.Float32 ? 2e-3 : 1.0 / 256);
    }

    [Fact]
    public void Log_probabilities_come_as_the_second_output()
    {
        Feed x = Feed.Random(1, 2, 4), y = Feed.Longs(new Shape(2), 0, 3);
        Result[] r = GradientCheck.Evaluate((b, v) => [.. b.Add(new SoftmaxCrossEntropyLoss(), "loss", v, 2)], x, y);
        Assert.Equal(1, Enumerable.Range(0, 4).Sum(i => Math.Exp(r[1].Values[i])), 1e-12);
        Assert.Equal(-(r[1].Values[0] + r[1].Values[7]) / 2, r[0].Values[0], 1e-12);
    }

    [Fact]
    public void Narrow_labels_serve_too()
    {
        Feed x = Feed.Random(new TensorType(ElementType.Float32, 3, 4), 1);
        Result wide = GradientCheck.Evaluate((b, v) => [b.Add(new SoftmaxCrossEntropyLoss(), v)], x, Feed.Longs(new Shape(3), 1, 2, 3))[0];
        Result narrow = GradientCheck.Evaluate((b, v) => [b.Add(new SoftmaxCrossEntropyLoss(), v)], x, Feed.Of(new TensorType(ElementType.Int32, 3), 1, 2, 3))[0];
        Assert.Equal(wide.Values, narrow.Values);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-1)]
    public void A_label_outside_the_classes_names_its_row(long label)
    {
        var e = Assert.Throws<InputException>(() => GradientCheck.Evaluate((b, v) => [b.Add(new SoftmaxCrossEntropyLoss { IgnoreIndex = -100 }, v)], Feed.Random(1, 3, 5), Feed.Longs(new Shape(3), 0, label, -100)));
        Assert.Contains("row 1", e.Message, StringComparison.Ordinal);
        Assert.Contains($"the label is {label}", e.Message, StringComparison.Ordinal);
    }

    // As PyTorch: a mean over nothing is NaN, so a run on such a batch stops.
    [Fact]
    public void A_mean_over_no_row_is_NaN()
        => Assert.True(double.IsNaN(GradientCheck.Evaluate((b, v) => [b.Add(new SoftmaxCrossEntropyLoss { IgnoreIndex = 0 }, v)], Feed.Random(1, 2, 3), Feed.Longs(new Shape(2), 0, 0))[0].Values[0]));

    private static double[] Reference(SoftmaxCrossEntropyLoss op, Feed x, long[] labels, double[]? weights, long positions)
    {
        var losses = new double[labels.Length];
        double total = 0;
        for (int r = 0; r < labels.Length; r++)
        {
            if (labels[r] == op.IgnoreIndex) continue;
            long first = r / positions * 5 * positions + r % positions;
            double[] z = [.. Enumerable.Range(0, 5).Select(k => x.Values[first + k * positions])];
            double weight = weights?[labels[r]] ?? 1;
            losses[r] = (Math.Log(z.Sum(Math.Exp)) - z[labels[r]]) * weight;
            total += weight;
        }
        return op.Reduction switch { LossReduction.None => losses, LossReduction.Sum => [losses.Sum()], _ => [losses.Sum() / total] };
    }
}
