using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public class PoolingTests
{
    public static TheoryData<long[], long[], long[], long[], long[], bool, AutoPad> Geometries => new()
    {
        { [2, 3, 8, 8], [2, 2], [2, 2], [], [], false, AutoPad.Explicit },
        { [1, 2, 7, 9], [3, 2], [2, 3], [1, 0, 2, 1], [], false, AutoPad.Explicit },
        { [1, 2, 7, 8], [3, 3], [2, 2], [1, 1, 1, 1], [], true, AutoPad.Explicit },
        { [1, 1, 9, 9], [2, 3], [1, 2], [1, 2, 0, 3], [2, 2], true, AutoPad.Explicit },
        { [2, 2, 11], [4], [3], [], [], true, AutoPad.SameLower },
        { [1, 2, 4, 5, 3], [2, 3, 2], [2, 2, 1], [0, 1, 0, 1, 1, 1], [], false, AutoPad.Explicit },
    };

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Largest_element_its_place_and_its_gradient(long[] input, long[] kernel, long[] strides, long[] pads, long[] dilations, bool ceil, AutoPad auto)
    {
        var op = new MaxPool { KernelShape = kernel, Strides = strides, Pads = pads, Dilations = dilations, CeilMode = ceil, AutoPad = auto };
        Feed x = Feed.Random(1, input);
        Result[] results = GradientCheck.Evaluate((b, v) => [.. b.Add(op, "pool", v, 2)], x);
        List<long>[] windows = Windows(op.Window(x.Type), x.Type.Shape, results[0].Type.Shape);
        for (int i = 0; i < windows.Length; i++)
        {
            long best = windows[i].MaxBy(at => x.Values[at]);
            Assert.Equal(x.Values[best], results[0].Values[i]);
            Assert.Equal(best, results[1].Values[i]);
        }
        GradientCheck.Run((b, v) => b.Add(op, v), x);
        GradientCheck.Run((b, v) => b.Add(op, "pool", v, 2)[0], x);
    }

    [Theory]
    [MemberData(nameof(Geometries))]
    public void Mean_with_and_without_padding_and_its_gradient(long[] input, long[] kernel, long[] strides, long[] pads, long[] dilations, bool ceil, AutoPad auto)
    {
        foreach (bool count in new[] { false, true })
        {
            var op = new AveragePool { KernelShape = kernel, Strides = strides, Pads = pads, Dilations = dilations, CeilMode = ceil, AutoPad = auto, CountIncludePad = count };
            Feed x = Feed.Random(1, input);
            Result y = GradientCheck.Evaluate((b, v) => [b.Add(op, v)], x)[0];
            SlidingWindow g = op.Window(x.Type);
            List<long>[] windows = Windows(g, x.Type.Shape, y.Type.Shape);
            for (int i = 0; i < windows.Length; i++)
            {
                double divisor = count ? Counted(g, ConvolutionTests.Unravel(i, [.. y.Type.Shape.Dims])) : windows[i].Count;
                Assert.Equal(windows[i].Sum(at => x.Values[at]) / divisor, y.Values[i], 1e-12);
            }
            GradientCheck.Run((b, v) => b.Add(op, v), x);
        }
    }

    [Fact]
    public void Pooling_in_16_bits_rounds_once()
    {
        var type = new TensorType(ElementType.BFloat16, 1, 1, 4, 4);
        Feed x = Feed.Random(type, 5);
        Result max = GradientCheck.Evaluate((b, v) => [b.Add(new MaxPool { KernelShape = [2, 2], Strides = [2, 2] }, v)], x)[0];
        Assert.Equal(new[] { x.Values[0], x.Values[1], x.Values[4], x.Values[5] }.Max(), max.Values[0]);
        Result mean = GradientCheck.Evaluate((b, v) => [b.Add(new AveragePool { KernelShape = [2, 2], Strides = [2, 2] }, v)], x)[0];
        Assert.Equal((x.Values[0] + x.Values[1] + x.Values[4] + x.Values[5]) / 4, mean.Values[0], 0.01);
    }

    [Fact]
    public void A_NaN_is_the_largest()
    {
        Feed x = Feed.Of(new TensorType(ElementType.Float64, 1, 1, 4), 1, double.NaN, 3, 2);
        Result y = GradientCheck.Evaluate((b, v) => [b.Add(new MaxPool { KernelShape = [2], Strides = [2] }, v)], x)[0];
        Assert.True(double.IsNaN(y.Values[0]));
        Assert.Equal(3, y.Values[1]);
    }

    [Theory]
    [InlineData(ElementType.Float64, 1e-12)]
    [InlineData(ElementType.Float32, 1e-6)]
    [InlineData(ElementType.BFloat16, 1e-2)]
    public void Global_mean_is_the_plane_mean(ElementType element, double tolerance)
    {
        Feed x = Feed.Random(new TensorType(element, 2, 3, 5, 4), 1);
        Result y = GradientCheck.Evaluate((b, v) => [b.Add(new GlobalAveragePool(), v)], x)[0];
        Assert.Equal(new Shape(2, 3, 1, 1), y.Type.Shape);
        for (int p = 0; p < 6; p++) Assert.Equal(x.Values[(p * 20)..(p * 20 + 20)].Average(), y.Values[p], tolerance);
        if (element == ElementType.Float64) GradientCheck.Run((b, v) => b.Add(new GlobalAveragePool(), v), x);
    }

    private static readonly Gen<(long[] X, long[] Kernel, long[] Strides, long[] Pads, long[] Dilations, bool Ceil, AutoPad Auto)> Random =
        from axes in Gen.Int[1, 3]
        from kernel in Gen.Long[1, 3].Array[axes]
        from dilations in Gen.Long[1, 2].Array[axes]
        from room in Gen.Long[0, 3].Array[axes]
        from strides in Gen.Long[1, 3].Array[axes]
        from pads in Gen.Long[0, 2].Array[2 * axes]
        from ceil in Gen.Bool
        from auto in Gen.Enum<AutoPad>()
        let extents = kernel.Select((k, i) => (k - 1) * dilations[i] + 1 + room[i]).ToArray()
        let bounded = pads.Select((p, i) => Math.Min(p, kernel[i % axes] - 1)).ToArray()
        select ((long[])[2, 2, .. extents], kernel, strides, auto == AutoPad.Explicit ? bounded : [], dilations, ceil, auto);

    [Fact]
    public void Every_geometry_is_pooled_and_has_its_gradient() => Random.Sample(g =>
    {
        Largest_element_its_place_and_its_gradient(g.X, g.Kernel, g.Strides, g.Pads, g.Dilations, g.Ceil, g.Auto);
        Mean_with_and_without_padding_and_its_gradient(g.X, g.Kernel, g.Strides, g.Pads, g.Dilations, g.Ceil, g.Auto);
    }, iter: 20);

    [Theory]
    [InlineData(new long[] { 2, 3, 7 })]
    [InlineData(new long[] { 1, 2, 4, 5 })]
    [InlineData(new long[] { 2, 1, 3, 4, 5 })]
    public void Places_by_columns_count_the_first_axis_fastest(long[] dims)
    {
        long[] kernel = [.. Enumerable.Repeat(2L, dims.Length - 2)], spatial = dims[2..];
        var op = new MaxPool { KernelShape = kernel, ColumnMajor = true };
        Feed x = Feed.Random(1, dims);
        Result[] rows = GradientCheck.Evaluate((b, v) => [.. b.Add(new MaxPool { KernelShape = kernel }, "pool", v, 2)], x), columns = GradientCheck.Evaluate((b, v) => [.. b.Add(op, "pool", v, 2)], x);
        Assert.Equal(rows[0].Values, columns[0].Values);
        long plane = spatial.Aggregate((a, b) => a * b);
        for (int i = 0; i < rows[1].Values.Length; i++)
        {
            long at = (long)rows[1].Values[i];
            long[] place = ConvolutionTests.Unravel(at % plane, spatial);
            Assert.Equal(at / plane * plane + ConvolutionTests.Ravel([.. place.Reverse()], [.. spatial.Reverse()]), columns[1].Values[i]);
        }
        GradientCheck.Run((b, v) => b.Add(op, "pool", v, 2)[0], x);
    }

    // A window of two, two apart, around a single element: it meets padding only.
    [Fact]
    public void A_window_of_padding_alone_is_no_crash()
    {
        Feed x = Feed.Random(1, 1, 1, 1);
        Result[] max = GradientCheck.Evaluate((b, v) => [.. b.Add(new MaxPool { KernelShape = [2], Dilations = [2], Pads = [1, 1] }, "pool", v, 2)], x);
        Assert.Equal([double.NegativeInfinity, -1], [max[0].Values[0], max[1].Values[0]]);
        Assert.Equal([0], GradientCheck.Evaluate((b, v) => [b.Add(new MaxPoolGradient { InputShape = new Shape(1, 1, 1) }, [.. b.Add(new MaxPool { KernelShape = [2], Dilations = [2], Pads = [1, 1] }, "pool", v, 2)])], x)[0].Values);
        Assert.Equal([0], GradientCheck.Evaluate((b, v) => [b.Add(new AveragePool { KernelShape = [2], Dilations = [2], Pads = [1, 1] }, v)], x)[0].Values);
    }

    [Theory]
    [InlineData(ElementType.Float64)]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Float16)]
    public void Global_largest_is_the_plane_largest(ElementType element)
    {
        foreach (long[] dims in (long[][])[[2, 3, 7], [2, 3, 5, 4], [1, 2, 2, 3, 2, 2]])
        {
            Feed x = Feed.Random(new TensorType(element, dims), 1);
            int plane = (int)dims[2..].Aggregate((a, b) => a * b);
            Result y = GradientCheck.Evaluate((b, v) => [b.Add(new GlobalMaxPool(), v)], x)[0];
            Assert.Equal([.. x.Values.Chunk(plane).Select(p => p.Max())], y.Values);
            if (element == ElementType.Float64) GradientCheck.Run((b, v) => b.Add(new GlobalMaxPool(), v), x);
            Result turned = GradientCheck.Evaluate((b, v) => [b.Add(new GlobalMaxPool(), b.Add(new Transpose { Permutation = [1, 0, .. Enumerable.Range(2, dims.Length - 2).Select(i => (long)i)] }, v))], x)[0];
            Assert.Equal(y.Values.Order(), turned.Values.Order());
        }
    }

    /// <summary>The flat indices that each window reads.</summary>
    private static List<long>[] Windows(SlidingWindow g, Shape input, Shape output)
    {
        var windows = new List<long>[output.Elements];
        for (long at = 0; at < windows.Length; at++)
        {
            long[] o = ConvolutionTests.Unravel(at, [.. output.Dims]);
            windows[at] = [];
            for (long k = 0; k < g.KernelElements; k++)
            {
                long[] offset = ConvolutionTests.Unravel(k, g.Kernel);
                long[] p = [.. offset.Select((d, i) => o[i + 2] * g.Strides[i] - g.Before[i] + d * g.Dilations[i])];
                if (p.Select((v, i) => v >= 0 && v < g.Input[i]).All(inside => inside)) windows[at].Add(ConvolutionTests.Ravel([o[0], o[1], .. p], [.. input.Dims]));
            }
        }
        return windows;
    }

    private static double Counted(SlidingWindow g, long[] o)
    {
        double product = 1;
        for (int i = 0; i < g.Axes; i++)
            product *= Enumerable.Range(0, (int)g.Kernel[i]).Count(k => o[i + 2] * g.Strides[i] - g.Before[i] + k * g.Dilations[i] < g.Input[i] + g.After[i]);
        return product;
    }
}
