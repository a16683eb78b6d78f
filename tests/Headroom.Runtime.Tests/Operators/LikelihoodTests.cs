using CsCheck;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class LikelihoodTests
{
    private static readonly Gen<(long Rows, long Classes, long[] Positions, LossReduction Reduction, bool Ignore, bool Weighted, int Seed)> Any =
        from rows in Gen.Long[1, 4]
        from classes in Gen.Long[1, 5]
        from positions in Gen.Long[1, 3].Array[0, 3]
        from reduction in Gen.Int[0, 2]
        from ignore in Gen.Bool
        from weighted in Gen.Bool
        from seed in Gen.Int[0, 1000]
        select (rows, classes, positions, (LossReduction)reduction, ignore, weighted, seed);

    [Fact]
    public void The_loss_is_each_row_s_label_negated() => Any.Sample(c =>
    {
        (Feed[] feeds, NegativeLogLikelihoodLoss op) = Case(c, ElementType.Float64);
        Plain.Same(Reference(op, feeds), GradientCheck.Evaluate((g, v) => [g.Add(op, v)], feeds)[0], 1e-12);
        foreach (ElementType element in (ElementType[])[ElementType.Float32, ElementType.BFloat16, ElementType.Float16])
        {
            (feeds, _) = Case(c, element);
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(op, v)], feeds)[0];
            Assert.Equal(element, found.Type.Element);
            Plain.Same(Reference(op, feeds), found, Plain.Rounding(element));
        }
    }, iter: 40);

    [Fact]
    public void Gradients_are_central_differences() => Any.Sample(c =>
    {
        (Feed[] feeds, NegativeLogLikelihoodLoss op) = Case(c, ElementType.Float64);
        if (!Counts(op, feeds)) return;
        GradientCheck.Run((g, v) => g.Add(op, v), feeds);
        // After its LogSoftmax it is the cross-entropy.
        var whole = new SoftmaxCrossEntropyLoss { Reduction = op.Reduction, IgnoreIndex = op.IgnoreIndex };
        Result[] both = GradientCheck.Evaluate((g, v) => [g.Add(op, [g.Add(new LogSoftmax { Axis = 1 }, v[0]), .. v[1..]]), g.Add(whole, v)], feeds);
        Plain.Same(both[1].Values, both[0], 1e-12);
    }, iter: 40);

    [Fact]
    public void The_cross_entropy_s_log_probabilities_pass_gradients_on() => Any.Sample(c =>
    {
        (Feed[] feeds, NegativeLogLikelihoodLoss op) = Case(c, ElementType.Float64);
        if (!Counts(op, feeds)) return;
        GradientCheck.Run((g, v) => [.. g.Add(new SoftmaxCrossEntropyLoss { Reduction = op.Reduction, IgnoreIndex = op.IgnoreIndex }, "loss", v, 2)], 1e-6, 1e-6, feeds);
        GradientCheck.Run((g, v) => g.Add(new SoftmaxCrossEntropyLoss { Reduction = op.Reduction, IgnoreIndex = op.IgnoreIndex }, "loss", v, 2)[1], feeds);
    }, iter: 20);

    [Fact]
    public void A_label_outside_the_classes_names_its_row()
    {
        var e = Assert.Throws<InputException>(() => GradientCheck.Evaluate((b, v) => [b.Add(new NegativeLogLikelihoodLoss(), v)], Feed.Random(1, 2, 3), Feed.Longs(new Shape(2), 0, 3)));
        Assert.Contains("row 1", e.Message, StringComparison.Ordinal);
    }

    // As PyTorch has it.
    [Fact]
    public void A_mean_over_no_row_is_NaN()
        => Assert.True(double.IsNaN(GradientCheck.Evaluate((b, v) => [b.Add(new NegativeLogLikelihoodLoss { IgnoreIndex = 0 }, v)], Feed.Random(1, 2, 3), Feed.Longs(new Shape(2), 0, 0))[0].Values[0]));

    private static (Feed[], NegativeLogLikelihoodLoss) Case((long Rows, long Classes, long[] Positions, LossReduction Reduction, bool Ignore, bool Weighted, int Seed) c, ElementType element)
    {
        var random = new Random(c.Seed);
        Feed x = Feed.Random(new TensorType(element, [c.Rows, c.Classes, .. c.Positions]), c.Seed, -3, -0.1);
        var rows = new Shape([c.Rows, .. c.Positions]);
        Feed y = Feed.Longs(rows, [.. Enumerable.Range(0, (int)rows.Elements).Select(_ => c.Ignore && random.Next(3) == 0 ? -9 : random.NextInt64(c.Classes))]);
        if (c.Seed % 2 == 0) y = Feed.Of(new TensorType(ElementType.Int32, rows), y.Values);
        Feed w = Feed.Random(new TensorType(element, c.Classes), c.Seed + 1, 0.5, 2) with { Differentiate = false };
        return (c.Weighted ? [x, y, w] : [x, y], new NegativeLogLikelihoodLoss { Reduction = c.Reduction, IgnoreIndex = c.Ignore ? -9 : null });
    }

    // The mean over no row is NaN, which no difference tells.
    private static bool Counts(NegativeLogLikelihoodLoss op, Feed[] feeds) => op.Reduction != LossReduction.Mean || feeds[1].Values.Any(v => v >= 0);

    private static double[] Reference(NegativeLogLikelihoodLoss op, Feed[] f)
    {
        double[] labels = f[1].Values, losses = new double[labels.Length];
        double total = 0;
        for (int r = 0; r < losses.Length; r++)
        {
            if ((long)labels[r] == op.IgnoreIndex) continue;
            long[] at = Plain.Coordinates(f[1].Type.Shape, r);
            double weight = f.Length > 2 ? f[2].Values[(int)labels[r]] : 1;
            losses[r] = -weight * f[0].Values[Plain.Index(f[0].Type.Shape, [at[0], (long)labels[r], .. at[1..]])];
            total += weight;
        }
        return op.Reduction switch { LossReduction.None => losses, LossReduction.Sum => [losses.Sum()], _ => [losses.Sum() / total] };
    }
}
