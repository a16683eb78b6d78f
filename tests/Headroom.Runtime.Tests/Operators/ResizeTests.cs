using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class ResizeTests
{
    // The operators are linear: differences are exact over any step, and a long one drowns rounding in large sums.
    private const double Step = 1e-2;

    /// <summary>One axis by the specification's words: a coordinate, the neighbours about it, their coefficients by the fraction; the border's value beyond the border.</summary>
    private static double Along(Resize op, ResizeAxis axis, long i, Func<long, double> x)
    {
        if (axis is { Scale: 1, Start: 0, End: 1 } && axis.From == axis.To) return x(i);
        double n = axis.From, width = axis.Scale * n, at = op.Coordinates switch
        {
            CoordinateMode.HalfPixel => (i + 0.5) / axis.Scale - 0.5,
            CoordinateMode.PytorchHalfPixel => axis.To > 1 ? (i + 0.5) / axis.Scale - 0.5 : 0,
            CoordinateMode.HalfPixelSymmetric => n / 2 * (1 - axis.To / width) + (i + 0.5) / axis.Scale - 0.5,
            CoordinateMode.AlignCorners => width == 1 ? 0 : i * (n - 1) / (width - 1),
            CoordinateMode.Asymmetric => i / axis.Scale,
            _ => width == 1 ? (axis.Start + axis.End) * (n - 1) / 2 : axis.Start * (n - 1) + i * (axis.End - axis.Start) * (n - 1) / (width - 1),
        };
        if (op.Coordinates == CoordinateMode.TfCropAndResize && (at < 0 || at > n - 1)) return op.Extrapolation;
        double Clamped(long k) => x(Math.Clamp(k, 0, axis.From - 1));
        long floor = (long)Math.Floor(at);
        double fraction = at - floor;
        if (op.Mode == ResizeMode.Nearest)
        {
            if (fraction == 0) return Clamped(floor);
            bool up = op.Nearest switch { NearestMode.RoundPreferFloor => fraction > 0.5, NearestMode.RoundPreferCeil => fraction >= 0.5, NearestMode.Floor => false, _ => true };
            return Clamped(up ? floor + 1 : floor);
        }
        double shrink = op.Antialias ? Math.Min(axis.Scale, 1) : 1, a = op.CubicCoefficient;
        long reach = (long)Math.Ceiling((op.Mode == ResizeMode.Linear ? 1 : 2) / shrink) + 1;
        double sum = 0, total = 0;
        for (long k = floor - reach; k <= floor + reach; k++)
        {
            double d = Math.Abs(k - at) * shrink, c = op.Mode == ResizeMode.Linear ? (d < 1 ? 1 - d : 0)
                : d <= 1 ? (a + 2) * d * d * d - (a + 3) * d * d + 1
                : d < 2 ? a * d * d * d - 5 * a * d * d + 8 * a * d - 4 * a : 0;
            if (op.ExcludeOutside && (k < 0 || k >= axis.From)) continue;
            sum += c * Clamped(k);
            total += c;
        }
        return op.Antialias || op.ExcludeOutside ? sum / total : sum;
    }

    private static double[] Expected(Resize op, ResizeAxis[] axes, Feed x)
    {
        var to = new Shape([.. axes.Select(a => a.To)]);
        double At(long[] place, int axis, long[] source)
            => axis == axes.Length ? x.Values[Plain.Index(x.Type.Shape, source)] : Along(op, axes[axis], place[axis], k => At(place, axis + 1, [.. source[..axis], k, .. source[(axis + 1)..]]));
        return [.. Enumerable.Range(0, (int)to.Elements).Select(i => At(Plain.Coordinates(to, i), 0, new long[axes.Length]))];
    }

    private static readonly Gen<Resize> Operators =
        Gen.Select(Gen.Enum<ResizeMode>(), Gen.Enum<CoordinateMode>(), Gen.Enum<NearestMode>(), Gen.Bool, Gen.Bool, Gen.OneOf(-0.75f, -0.5f), Gen.OneOf(0f, 2.5f))
            .Select((mode, coordinates, nearest, antialias, exclude, a, extrapolation) => new Resize
            {
                Mode = mode, Coordinates = coordinates, Nearest = nearest, Antialias = antialias && mode != ResizeMode.Nearest, ExcludeOutside = exclude && mode == ResizeMode.Cubic,
                CubicCoefficient = a, Extrapolation = extrapolation,
            });

    [Fact]
    public void Sizes_of_any_axes_are_reached_by_every_mode_with_its_gradient()
        => Gen.Select(Operators, Gen.Long[1, 5].Array[1, 4], Gen.Long[1, 7].Array[4], Gen.Float[-0.4f, 0.4f].Array[4], Gen.Float[0.5f, 1.3f].Array[4], Gen.Bool).Sample((op, dims, sizes, starts, ends, turned) =>
        {
            sizes = sizes[..dims.Length];
            float[] region = [.. starts[..dims.Length], .. ends[..dims.Length]];
            Feed x = Feed.Random(1, turned ? [.. dims.Reverse()] : dims);
            bool cropped = op.Coordinates == CoordinateMode.TfCropAndResize;
            Value Function(TypedBuilder g, Value v) => g.Add(op, turned ? g.Add(new Transpose(), v) : v,
                cropped ? g.Constant(TensorData.Floats(new Shape(region.Length), region)) : Value.None, Value.None, g.Constant(TensorData.Longs(sizes)));
            ResizeAxis[] axes = [.. dims.Select((d, i) => new ResizeAxis(d, sizes[i], (double)sizes[i] / d, cropped ? starts[i] : 0, cropped ? ends[i] : 1))];
            Feed straight = turned ? Feed.Of(new TensorType(ElementType.Float64, dims), Transposed(x)) : x;
            Plain.Same(Expected(op, axes, straight), GradientCheck.Evaluate((g, v) => [Function(g, v[0])], x)[0], 1e-9);
            GradientCheck.Run((g, v) => [Function(g, v[0])], Step, 1e-6, x);
        }, iter: 50, threads: 1);

    [Fact]
    public void Scales_of_listed_axes_leave_the_others_alone()
        => Gen.Select(Operators, Gen.Long[2, 5].Array[3], Gen.OneOf(0.6f, 0.8f, 1f, 1.5f, 2f, 2.3f).Array[2]).Sample((op, dims, scales) =>
        {
            op = new Resize { Mode = op.Mode, Coordinates = op.Coordinates, Nearest = op.Nearest, Antialias = op.Antialias, Axes = [-1, 0] };
            Feed x = Feed.Random(2, dims);
            Value Function(TypedBuilder g, Value v) => g.Add(op, v, g.Constant(TensorData.Floats(new Shape(4), 0, 0, 1, 1)), g.Constant(TensorData.Floats(new Shape(2), scales)));
            ResizeAxis Scaled(int axis, float scale) => new(dims[axis], (long)MathF.Floor(dims[axis] * scale), scale, 0, 1);
            ResizeAxis[] axes = [Scaled(0, scales[1]), new ResizeAxis(dims[1], dims[1], 1, 0, 1), Scaled(2, scales[0])];
            Plain.Same(Expected(op, axes, x), GradientCheck.Evaluate((g, v) => [Function(g, v[0])], x)[0], 1e-9);
            GradientCheck.Run((g, v) => [Function(g, v[0])], Step, 1e-6, x);
        }, iter: 40, threads: 1);

    private static double[] Transposed(Feed x)
    {
        Shape to = new([.. x.Type.Shape.Dims.ToArray().Reverse()]);
        return [.. Enumerable.Range(0, x.Values.Length).Select(i => x.Values[Plain.Index(x.Type.Shape, [.. Plain.Coordinates(to, i).Reverse()])])];
    }

    [Theory]
    [InlineData(AspectPolicy.Stretch, 1, 2, 7, 9)]
    [InlineData(AspectPolicy.NotLarger, 1, 2, 7, 7)]
    [InlineData(AspectPolicy.NotSmaller, 1, 2, 9, 9)]
    public void A_policy_keeps_the_aspect_ratio_of_the_listed_axes(AspectPolicy policy, long a, long b, long c, long d)
    {
        Feed x = Feed.Random(3, a, b, 3, 3);
        Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Resize { Axes = [2, 3], Policy = policy }, v[0], Value.None, Value.None, g.Constant(TensorData.Longs(7, 9)))], x)[0];
        Assert.Equal(new Shape(a, b, c, d), found.Type.Shape);
    }

    [Fact]
    public void Each_element_type_is_resized_in_its_own_precision_and_integers_are_rounded()
    {
        foreach (ElementType element in Enum.GetValues<ElementType>().Where(e => e != ElementType.Bool))
        {
            Feed x = Feed.Of(new TensorType(element, 2, 3), 1, 4, 9, 3, 2, 7);
            foreach (ResizeMode mode in Enum.GetValues<ResizeMode>())
            {
                var op = new Resize { Mode = mode };
                double[] expected = Expected(op, [new ResizeAxis(2, 5, 2.5, 0, 1), new ResizeAxis(3, 4, 4 / 3.0, 0, 1)], x);
                if (!element.IsFloat()) expected = [.. expected.Select(v => Math.Round(v))];
                Result found = GradientCheck.Evaluate((g, v) => [g.Add(op, v[0], Value.None, Value.None, g.Constant(TensorData.Longs(5, 4)))], x)[0];
                Plain.Same(expected, found, Plain.Rounding(element));
            }
        }
        // What overshoots stays within the type.
        Result cubic = GradientCheck.Evaluate((g, v) => [g.Add(new Resize { Mode = ResizeMode.Cubic }, v[0], Value.None, Value.None, g.Constant(TensorData.Longs(12)))], Feed.Of(new TensorType(ElementType.UInt8, 4), 0, 0, 255, 255))[0];
        Assert.Contains(255, cubic.Values);
        Assert.True(cubic.Values[4] == 0 || cubic.Values[3] == 0);
        Assert.Equal([1, 1, 0, 0], GradientCheck.Evaluate((g, v) => [g.Add(new Resize(), v[0], Value.None, Value.None, g.Constant(TensorData.Longs(4)))], Feed.Of(new TensorType(ElementType.Bool, 2), 1, 0))[0].Values);
    }

    [Fact]
    public void Wide_rows_go_through_vectors_and_give_what_single_elements_do()
    {
        Feed x = Feed.Random(new TensorType(ElementType.Float32, 3, 5, 37), 4);
        var op = new Resize { Mode = ResizeMode.Cubic, Axes = [0, 1] };
        ResizeAxis[] axes = [new ResizeAxis(3, 4, 4 / 3.0, 0, 1), new ResizeAxis(5, 3, 0.6, 0, 1), new ResizeAxis(37, 37, 1, 0, 1)];
        Plain.Same(Expected(op, axes, x), GradientCheck.Evaluate((g, v) => [g.Add(op, v[0], Value.None, Value.None, g.Constant(TensorData.Longs(4, 3)))], x)[0], 1e-5);
    }

    [Theory]
    [InlineData("has neither scales nor sizes", null, null)]
    [InlineData("has both scales and sizes", new[] { 1f, 2f }, new[] { 2L, 2L })]
    [InlineData("has 1 sizes, 2 are needed", null, new[] { 2L })]
    [InlineData("the scale of axis 1 is -1", new[] { 1f, -1f }, null)]
    [InlineData("axis 0 of 2 can't be resized to -3", null, new[] { -3L, 2L })]
    public void What_does_not_fit_is_refused(string why, float[]? scales, long[]? sizes)
        => Assert.Contains(why, Assert.Throws<GraphException>(() => GradientCheck.Evaluate((g, v) => [g.Add(new Resize(), v[0], Value.None,
            scales is null ? Value.None : g.Constant(TensorData.Floats(new Shape(scales.Length), scales)), sizes is null ? Value.None : g.Constant(TensorData.Longs(sizes)))], Feed.Random(5, 2, 2))).Message);
}
