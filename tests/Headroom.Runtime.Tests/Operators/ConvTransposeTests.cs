using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class ConvTransposeTests
{
    private static readonly Gen<(ConvTranspose Op, long[] X, long[] W)> Geometries =
        from axes in Gen.Int[1, 3]
        from groups in Gen.Int[1, 2]
        from extents in Gen.Long[1, 4].Array[axes]
        from kernel in Gen.Long[1, 3].Array[axes]
        from strides in Gen.Long[1, 3].Array[axes]
        from dilations in Gen.Long[1, 2].Array[axes]
        from pads in Gen.Long[0, 2].Array[2 * axes]
        from more in Gen.Long[0, 2].Array[axes]
        from form in Gen.Int[0, 4]
        from channels in Gen.Long[1, 2]
        from filters in Gen.Long[1, 2]
        let whole = extents.Select((e, i) => strides[i] * (e - 1) + (kernel[i] - 1) * dilations[i] + 1).ToArray()
        let op = form switch
        {
            0 => new ConvTranspose { Groups = groups, Strides = strides, Dilations = dilations },
            1 => new ConvTranspose { Groups = groups, Strides = strides, Dilations = dilations, AutoPad = AutoPad.SameUpper },
            2 => new ConvTranspose { Groups = groups, Strides = strides, Dilations = dilations, AutoPad = AutoPad.SameLower },
            3 => new ConvTranspose { Groups = groups, Strides = strides, Dilations = dilations, OutputShape = [.. whole.Select((e, i) => Math.Max(1, e + pads[i] - pads[axes + i]))] },
            _ => new ConvTranspose { Groups = groups, Strides = strides, Dilations = dilations, Pads = Bounded(pads, whole), OutputPadding = more },
        }
        select (op, (long[])[2, channels * groups, .. extents], (long[])[channels * groups, filters, .. kernel]);

    [Fact]
    public void Equals_the_scattered_sum_and_its_gradients_equal_central_differences() => Geometries.Sample(g =>
    {
        Feed x = Feed.Random(1, g.X), w = Feed.Random(2, g.W), bias = Feed.Random(3, g.W[1] * g.Op.Groups);
        Plain.Same(Reference(g.Op, x, w, bias), GradientCheck.Evaluate((b, v) => [b.Add(g.Op, v)], x, w, bias)[0], 1e-11);
        Plain.Same(Reference(g.Op, x, w, null), GradientCheck.Evaluate((b, v) => [b.Add(g.Op, v)], x, w)[0], 1e-11);
        GradientCheck.Run((b, v) => b.Add(g.Op, v), x, w, bias);
    }, iter: 40);

    [Theory]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Float16)]
    public void Runs_in_every_floating_type(ElementType element)
    {
        foreach (ConvTranspose op in (ConvTranspose[])[new() { Strides = [2, 1] }, new() { Strides = [2, 2], Pads = [0, 1, 1, 0] }, new() { Groups = 2, Dilations = [2, 1] }])
        {
            Feed x = Feed.Random(new TensorType(element, 2, 4, 5, 6), 1, -1, 1), w = Feed.Random(new TensorType(element, 4, 3, 3, 2), 2, -1, 1), bias = Feed.Random(new TensorType(element, 3 * op.Groups), 3, -1, 1);
            Result y = GradientCheck.Evaluate((b, v) => [b.Add(op, v)], x, w, bias)[0];
            double[] expected = Reference(op, x, w, bias);
            for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], y.Values[i], 8 * Plain.Rounding(element));
            Result[] g = GradientCheck.Evaluate((b, v) => [.. b.Add(new ConvTransposeGradient(op), "gradient", [b.Add(op, v), v[0], v[1]], 2)], x, w, bias);
            Assert.Equal((x.Type, w.Type), (g[0].Type, g[1].Type));
        }
    }

    [Fact]
    public void An_empty_batch_gives_an_empty_batch()
        => Assert.Equal(new Shape(0, 3, 4), GradientCheck.Evaluate((b, v) => [b.Add(new ConvTranspose { Pads = [1, 0] }, v)], Feed.Random(1, 0, 2, 3), Feed.Random(2, 2, 3, 3))[0].Type.Shape);

    [Fact]
    public void A_node_that_nothing_is_left_of_is_refused()
    {
        var e = Assert.Throws<GraphException>(() => GradientCheck.Evaluate((b, v) => [b.Add(new ConvTranspose { Pads = [2, 1] }, v)], Feed.Random(1, 1, 2, 1), Feed.Random(2, 2, 3, 3)));
        Assert.Contains("would have 0 elements", e.Message, StringComparison.Ordinal);
    }

    private static long[] Bounded(long[] pads, long[] whole)
    {
        int axes = whole.Length;
        long[] result = [.. pads];
        for (int i = 0; i < axes; i++)
            while (result[i] + result[axes + i] >= whole[i]) result[result[i] > 0 ? i : axes + i]--;
        return result;
    }

    private static double[] Reference(ConvTranspose op, Feed x, Feed w, Feed? bias)
    {
        SlidingWindow g = op.Window(x.Type, w.Type);
        long perGroup = w.Type.Shape[1], filters = perGroup * op.Groups, inGroup = x.Type.Shape[1] / op.Groups;
        var shape = new Shape([x.Type.Shape[0], filters, .. g.Input]);
        var y = new double[shape.Elements];
        for (int i = 0; i < y.Length; i++) y[i] = bias?.Values[Plain.Coordinates(shape, i)[1]] ?? 0;
        for (int i = 0; i < x.Values.Length; i++)
        {
            long[] at = Plain.Coordinates(x.Type.Shape, i);
            for (int k = 0; k < w.Values.Length; k++)
            {
                long[] weight = Plain.Coordinates(w.Type.Shape, k);
                if (weight[0] != at[1]) continue;
                long[] place = [at[0], at[1] / inGroup * perGroup + weight[1], .. Enumerable.Range(0, g.Axes).Select(a => at[a + 2] * g.Strides[a] + weight[a + 2] * g.Dilations[a] - g.Before[a])];
                if (Enumerable.Range(0, g.Axes).All(a => place[a + 2] >= 0 && place[a + 2] < g.Input[a])) y[Plain.Index(shape, place)] += x.Values[i] * w.Values[k];
            }
        }
        return y;
    }
}
