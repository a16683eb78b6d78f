using Headroom.Runtime.Kernels.Fused;
using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Tests.Fused;

public sealed unsafe class LossAndSoftmaxTests
{
    public static TheoryData<ScalarType, int, int> Shapes => new() { { ScalarType.Float32, 1, 1 }, { ScalarType.Float32, 5, 10 }, { ScalarType.Float32, 37, 129 }, { ScalarType.BFloat16, 6, 33 }, { ScalarType.BFloat16, 3, 1000 } };

    [Theory, MemberData(nameof(Shapes))]
    public void Cross_entropy_and_its_gradient_equal_the_definition(ScalarType type, int rows, int classes)
    {
        using var logits = Operand.Normal(rows * classes, type, 1, 3);
        double[] z = logits.Values;
        using var losses = Operand.Zeros(rows);
        using var losses2 = Operand.Zeros(rows);
        using var logSum = Operand.Zeros(rows);
        long[] targets = [.. Enumerable.Range(0, rows).Select(r => r == 2 ? -100L : r * 7 % classes)];
        using var second = new Operand(z.Length, type, i => z[i]);
        fixed (long* t = targets)
        {
            CrossEntropy.ForwardBackward(logits.Data, type, t, losses.Floats, rows, classes, 0.25f);
            CrossEntropy.Forward(second.Data, type, t, losses2.Floats, logSum.Floats, rows, classes);
            CrossEntropy.Backward(second.Data, type, t, logSum.Floats, null, rows, classes, 0.25f);
        }
        Assert.Equal(losses.Values, losses2.Values);
        // One exponential for both, or one for each.
        for (int i = 0; i < z.Length; i++) Close.To(second[i], logits[i], type, 0.01, "gradient by either way");
        for (int r = 0; r < rows; r++)
        {
            double[] row = z[(r * classes)..((r + 1) * classes)];
            double total = row.Sum(Math.Exp);
            bool ignored = targets[r] == -100;
            Close.To(ignored ? 0 : Math.Log(total) - row[targets[r]], losses[r], ScalarType.Float32, 1, "loss");
            for (int c = 0; c < classes; c++)
                Close.To(ignored ? 0 : 0.25 * (Math.Exp(row[c]) / total - (c == targets[r] ? 1 : 0)), logits[r * classes + c], type, 0.01, "gradient");
        }
    }

    [Fact] // a label that slipped through must not read beside the row
    public void A_target_outside_the_classes_gives_a_NaN_loss_and_no_gradient()
    {
        using var logits = Operand.Normal(20, ScalarType.Float32, 1);
        using var losses = Operand.Zeros(2);
        long* targets = stackalloc long[] { 10, -1 };
        CrossEntropy.ForwardBackward(logits.Data, ScalarType.Float32, targets, losses.Floats, 2, 10, 1);
        Assert.All(losses.Values, v => Assert.True(double.IsNaN(v)));
        Assert.All(logits.Values, v => Assert.Equal(0, v));
    }

    [Fact]
    public void Huge_logits_do_not_overflow()
    {
        using var logits = new Operand(3, ScalarType.Float32, i => i == 1 ? 1e30 : -1e30);
        using var losses = Operand.Zeros(1);
        long target = 1;
        CrossEntropy.ForwardBackward(logits.Data, ScalarType.Float32, &target, losses.Floats, 1, 3, 1);
        Assert.Equal(0, losses[0]);
        Assert.All(logits.Values, v => Assert.Equal(0, v));
    }

    [Theory]
    [InlineData(ScalarType.Float32, 5, 5, true, false)]
    [InlineData(ScalarType.Float32, 3, 40, true, true)]
    [InlineData(ScalarType.Float32, 17, 33, false, true)]
    [InlineData(ScalarType.BFloat16, 16, 16, true, false)]
    [InlineData(ScalarType.BFloat16, 9, 21, false, false)]
    public void Attention_softmax_and_its_gradient_equal_the_definition(ScalarType type, int queries, int keys, bool causal, bool masked)
    {
        const int Batch = 4, Heads = 2;
        using var scores = Operand.Normal(Batch * queries * keys, type, 3, 2);
        using var gradient = Operand.Normal(Batch * queries * keys, type, 4);
        using var mask = new Operand(Batch / Heads * keys, ScalarType.Float32, i => i % 5 == 3 ? double.NegativeInfinity : 0);
        double[] s = scores.Values, d = gradient.Values;
        Softmax.Forward(scores.Data, type, Batch, queries, keys, 0.5f, causal, masked ? mask.Floats : null, Heads);
        double[] stored = scores.Values;
        Softmax.Backward(scores.Data, gradient.Data, type, Batch, queries, keys, 0.5f, causal);
        for (int b = 0; b < Batch; b++)
            for (int q = 0; q < queries; q++)
            {
                int at = (b * queries + q) * keys;
                double Score(int k) => causal && k > q + keys - queries ? double.NegativeInfinity : 0.5 * s[at + k] + (masked ? mask[b / Heads * keys + k] : 0);
                double total = Enumerable.Range(0, keys).Sum(k => Math.Exp(Score(k)));
                double dot = Enumerable.Range(0, keys).Sum(k => stored[at + k] * d[at + k]);
                for (int k = 0; k < keys; k++)
                {
                    Close.To(Math.Exp(Score(k)) / total, stored[at + k], type, 0.01, "p");
                    Close.To(0.5 * stored[at + k] * (d[at + k] - dot), gradient[at + k], type, 1, "ds");
                }
            }
    }

    [Fact] // 0/0 would poison the whole batch
    public void A_row_that_sees_no_key_is_zero()
    {
        using var scores = Operand.Normal(8, ScalarType.Float32, 1);
        using var mask = new Operand(4, ScalarType.Float32, _ => double.NegativeInfinity);
        Softmax.Forward(scores.Data, ScalarType.Float32, 1, 2, 4, 1, false, mask.Floats);
        Assert.All(scores.Values, v => Assert.Equal(0, v));
    }
}
