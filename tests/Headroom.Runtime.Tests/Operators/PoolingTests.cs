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
