using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public class ConvolutionTests
{
    public static TheoryData<string, long[], long[], Conv> Cases => new()
    {
        { "1-D", [2, 3, 11], [4, 3, 3], new Conv { Strides = [2], Pads = [1, 1], Dilations = [2] } },
        { "2-D, strides, pads and dilations that differ by axis", [2, 3, 9, 7], [4, 3, 3, 2], new Conv { Strides = [2, 1], Pads = [1, 2, 1, 2], Dilations = [1, 2] } },
        { "padding that differs between an axis's ends", [1, 2, 6, 5], [3, 2, 3, 3], new Conv { Pads = [0, 2, 1, 0] } },
        { "groups", [2, 4, 5, 5], [6, 2, 3, 3], new Conv { Groups = 2, Pads = [1, 1, 1, 1] } },
        { "depthwise", [1, 3, 6, 6], [3, 1, 3, 3], new Conv { Groups = 3, AutoPad = AutoPad.SameUpper, Strides = [2, 2] } },
        { "auto_pad SAME_LOWER, an even kernel", [1, 2, 5, 6], [2, 2, 2, 4], new Conv { AutoPad = AutoPad.SameLower } },
        { "auto_pad VALID", [1, 2, 5, 6], [2, 2, 3, 3], new Conv { AutoPad = AutoPad.Valid } },
        { "3-D", [1, 2, 4, 5, 3], [2, 2, 2, 3, 2], new Conv { Pads = [1, 0, 1, 0, 1, 0], Strides = [1, 2, 1] } },
        { "1 x 1 over one pixel", [2, 3, 1, 1], [4, 3, 1, 1], new Conv() },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Equals_the_plain_sum_and_its_gradients_equal_central_differences(string what, long[] input, long[] weight, Conv op)
    {
        Feed x = Feed.Random(1, input), w = Feed.Random(2, weight), bias = Feed.Random(3, weight[0]);
        Result y = GradientCheck.Evaluate((b, v) => [b.Add(op, v)], x, w, bias)[0];
        double[] expected = Reference(op, x, w, bias, y.Type.Shape);
        for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - y.Values[i]) < 1e-9, $"{what}: element {i} is {y.Values[i]}, the sum is {expected[i]}");
        GradientCheck.Run((b, v) => b.Add(op, v), x, w, bias);
    }

    [Theory]
    [InlineData(ElementType.Float32, 1e-5)]
    [InlineData(ElementType.BFloat16, 3e-2)]
    [InlineData(ElementType.Float16, 5e-3)]
    public void Runs_in_the_types_that_training_uses(ElementType element, double tolerance)
    {
        var op = new Conv { Pads = [1, 1, 1, 1] };
        Feed x = Feed.Random(new TensorType(element, 3, 16, 8, 8), 1, -1, 1), w = Feed.Random(new TensorType(element, 16, 16, 3, 3), 2, -0.1, 0.1), none = Feed.Random(new TensorType(element, 16), 3, 0, 0.1);
        Result y = GradientCheck.Evaluate((b, v) => [b.Add(op, v)], x, w, none)[0];
        double[] expected = Reference(op, x, w, none, y.Type.Shape);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], y.Values[i], tolerance * Math.Max(1, Math.Abs(expected[i])));
    }

    /// <summary>Channels that fill vectors, that don't, and that are too few for one: kernels in blocks of 16 pad them.</summary>
    private static readonly Gen<(long Channels, long Filters, int Groups, long Size, long Kernel, long Stride)> Blocks =
        from channels in Gen.OneOf(1L, 3L, 6L, 16L, 20L, 24L, 32L, 48L)
        from filters in Gen.OneOf(1L, 6L, 10L, 16L, 20L, 32L, 40L)
        from groups in Gen.OneOf(1, 1, 1, 2)
        from size in Gen.Long[3, 9]
        from kernel in Gen.OneOf(1L, 3L)
        from stride in Gen.Long[1, 2]
        select (channels, filters, groups, size, kernel, stride);

    [Theory] // some processors' caches are hidden from the library that convolves, which then leaves its padding uncleared
    [InlineData(ElementType.Float32, false, 2e-5)]
    [InlineData(ElementType.Float32, true, 2e-5)]
    [InlineData(ElementType.BFloat16, false, 2e-2)]
    [InlineData(ElementType.BFloat16, true, 2e-2)]
    public void Padded_blocks_of_channels_add_nothing(ElementType element, bool transposed, double tolerance) => Blocks.Sample(g =>
    {
        long[] x = [3, g.Channels * g.Groups, g.Size, g.Size], pads = [.. Enumerable.Repeat(g.Kernel / 2, 4)];
        long[] w = transposed ? [x[1], g.Filters, g.Kernel, g.Kernel] : [g.Filters * g.Groups, g.Channels, g.Kernel, g.Kernel];
        double[][] exact = Run(ElementType.Float64), rounded = Run(element);
        foreach ((double[] a, double[] b) in exact.Zip(rounded))
        {
            double scale = a.Max(Math.Abs);
            for (int i = 0; i < a.Length; i++) Assert.True(Math.Abs(a[i] - b[i]) <= tolerance * scale, $"{g}: {b[i]} for {a[i]}");
        }

        double[][] Run(ElementType type)
        {
            // Numbers that every type holds, so that only sums are rounded.
            Feed image = Feed.Of(new TensorType(type, x), Sixteenths(1, x)), weight = Feed.Of(new TensorType(type, w), Sixteenths(2, w));
            Operator op = transposed ? new ConvTranspose { Groups = g.Groups, Strides = [g.Stride, g.Stride], Pads = pads } : new Conv { Groups = g.Groups, Strides = [g.Stride, g.Stride], Pads = pads };
            Operator gradient = op is Conv c ? new ConvGradient(c) : new ConvTransposeGradient((ConvTranspose)op);
            Result y = GradientCheck.Evaluate((b, v) => [b.Add(op, v)], image, weight)[0];
            Result[] back = GradientCheck.Evaluate((b, v) => [.. b.Add(gradient, "gradient", [b.Add(op, v), v[0], v[1]], 2)], image, weight);
            return [[.. y.Values], [.. back[0].Values], [.. back[1].Values]];
        }
    }, iter: 60);

    private static double[] Sixteenths(int seed, long[] shape)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(_ => random.Next(-16, 17) / 16.0)];
    }

    private static readonly Gen<(Conv Op, long[] X, long[] W)> Geometries =
        from axes in Gen.Int[1, 3]
        from groups in Gen.Int[1, 2]
        from kernel in Gen.Long[1, 3].Array[axes]
        from dilations in Gen.Long[1, 2].Array[axes]
        from room in Gen.Long[0, 3].Array[axes]
        from strides in Gen.Long[1, 3].Array[axes]
        from pads in Gen.Long[0, 2].Array[2 * axes]
        from auto in Gen.Enum<AutoPad>()
        from perGroup in Gen.Long[1, 2]
        from filters in Gen.Long[1, 2]
        let extents = kernel.Select((k, i) => (k - 1) * dilations[i] + 1 + room[i]).ToArray()
        select (new Conv { Groups = groups, Strides = strides, Dilations = dilations, AutoPad = auto, Pads = auto == AutoPad.Explicit ? pads : [] }, (long[])[2, perGroup * groups, .. extents], (long[])[filters * groups, perGroup, .. kernel]);

    [Fact]
    public void Every_geometry_has_its_sum_and_gradients() => Geometries.Sample(g =>
    {
        Feed x = Feed.Random(1, g.X), w = Feed.Random(2, g.W), bias = Feed.Random(3, g.W[0]);
        Result y = GradientCheck.Evaluate((b, v) => [b.Add(g.Op, v)], x, w, bias)[0];
        Plain.Same(Reference(g.Op, x, w, bias, y.Type.Shape), y, 1e-11);
        GradientCheck.Run((b, v) => b.Add(g.Op, v), x, w, bias);
    }, iter: 30);

    private static double[] Reference(Conv op, Feed x, Feed w, Feed bias, Shape shape)
    {
        SlidingWindow g = op.Window(x.Type, w.Type);
        var y = new double[shape.Elements];
        long filters = w.Type.Shape[0], perGroup = w.Type.Shape[1], channels = x.Type.Shape[1];
        long[] kernel = w.Type.Shape.Dims[2..].ToArray();
        for (long at = 0; at < y.Length; at++)
        {
            long[] o = Unravel(at, [.. shape.Dims]);
            double sum = bias.Values[o[1]];
            long group = o[1] / (filters / op.Groups);
            for (long ch = 0; ch < perGroup; ch++)
                for (long k = 0; k < g.KernelElements; k++)
                {
                    long[] offset = Unravel(k, kernel);
                    long[] position = [.. offset.Select((d, i) => o[i + 2] * g.Strides[i] - g.Before[i] + d * g.Dilations[i])];
                    if (position.Select((p, i) => p < 0 || p >= g.Input[i]).Any(outside => outside)) continue;
                    sum += w.Values[Ravel([o[1], ch, .. offset], [.. w.Type.Shape.Dims])] * x.Values[Ravel([o[0], group * perGroup + ch, .. position], [.. x.Type.Shape.Dims])];
                }
            y[at] = sum;
        }
        Assert.Equal(channels, perGroup * op.Groups);
        return y;
    }

    internal static long[] Unravel(long at, long[] dims)
    {
        var index = new long[dims.Length];
        for (int i = dims.Length - 1; i >= 0; i--) (at, index[i]) = Math.DivRem(at, dims[i]);
        return index;
    }

    internal static long Ravel(long[] index, long[] dims)
    {
        long at = 0;
        for (int i = 0; i < dims.Length; i++) at = at * dims[i] + index[i];
        return at;
    }
}
