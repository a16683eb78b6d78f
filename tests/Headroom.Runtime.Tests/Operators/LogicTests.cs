using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class LogicTests
{
    private static readonly ElementType[] Numbers = [.. Enum.GetValues<ElementType>().Where(e => e != ElementType.Bool)];

    [Theory]
    [InlineData("Equal")]
    [InlineData("Greater")]
    [InlineData("Less")]
    [InlineData("GreaterOrEqual")]
    [InlineData("LessOrEqual")]
    public void Comparisons_agree_with_a_plain_loop_in_every_type(string name)
    {
        foreach (ElementType element in Numbers)
        {
            foreach ((long[] a, long[] b) in ((long[], long[])[])[([3, 5], [3, 5]), ([7, 37], [37]), ([2, 1, 5], [3, 1]), ([], [4]), ([], []), ([0, 3], [3]), ([1], [1, 1])])
            {
                Feed x = Few(element, a, 60), y = Few(element, b, 61);
                Result found = GradientCheck.Evaluate((g, v) => [g.Add(Comparison(name), v[0], v[1])], x, y)[0];
                Assert.Equal(ElementType.Bool, found.Type.Element);
                Plain.Same(Plain.Map(found.Type.Shape, (p, q) => Holds(name, p, q) ? 1 : 0, x, y), found, 0);
            }
        }
    }

    [Theory]
    [InlineData("Equal")]
    [InlineData("Greater")]
    [InlineData("Less")]
    [InlineData("GreaterOrEqual")]
    [InlineData("LessOrEqual")]
    public void A_nan_is_in_no_relation_and_infinities_and_zeros_are_as_ieee_has_them(string name)
    {
        double[] values = [double.NaN, double.NegativeInfinity, -0.0, 0, double.PositiveInfinity];
        foreach (ElementType element in Numbers.Where(e => e.IsFloat()))
        {
            Feed x = Feed.Of(new TensorType(element, 5, 1), [.. values]), y = Feed.Of(new TensorType(element, 5), [.. values]);
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(Comparison(name), v[0], v[1])], x, y)[0];
            Plain.Same(Plain.Map(found.Type.Shape, (p, q) => Holds(name, p, q) ? 1 : 0, x, y), found, 0);
        }
    }

    [Theory]
    [InlineData("And")]
    [InlineData("Or")]
    [InlineData("Xor")]
    public void Connectives_agree_with_their_truth_tables_under_broadcasting(string name)
        => Shapes.Broadcast(2, 2).Sample(shapes =>
        {
            Feed x = Few(ElementType.Bool, shapes[0], 62), y = Few(ElementType.Bool, shapes[1], 63);
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(Connective(name), v[0], v[1])], x, y)[0];
            Plain.Same(Plain.Map(found.Type.Shape, (p, q) => name switch { "And" => p * q, "Or" => Math.Max(p, q), _ => p == q ? 0 : 1 }, x, y), found, 0);
        }, iter: 30, threads: 1);

    [Fact]
    public void Operands_of_any_strides_are_compared_and_connected_where_they_lie()
    {
        Feed x = Few(ElementType.Float32, [3, 4], 64), y = Few(ElementType.Float32, [4, 3], 65);
        Result[] found = GradientCheck.Evaluate((g, v) =>
        {
            Value less = g.Add(new Less(), g.Add(new Transpose(), v[0]), v[1]);
            return [less, g.Add(new Xor(), g.Add(new Transpose(), less), g.Add(new Equal(), v[0], g.Add(new Transpose(), v[1])))];
        }, x, y);
        for (int i = 0; i < 4; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                double a = x.Values[j * 4 + i], b = y.Values[i * 3 + j];
                Assert.Equal(a < b ? 1 : 0, found[0].Values[i * 3 + j]);
                Assert.Equal(a <= b ? 1 : 0, found[1].Values[j * 4 + i]);
            }
        }
    }

    [Fact]
    public void Nothing_flows_through_a_comparison()
    {
        // y = x where x > 1 else 0: the slope is the mask's.
        Feed x = Feed.Of(new TensorType(ElementType.Float64, 4), 0.5, 1.5, -2, 3);
        GradientCheck.Run((g, v) => g.Add(new Mul(), v[0], g.Add(new Cast { To = ElementType.Float64 }, g.Add(new Greater(), v[0], g.Constant(TensorData.Fill(ElementType.Float64, Shape.Scalar, 1))))), x);
    }

    [Fact]
    public void Where_chooses_in_every_type_with_all_three_broadcast()
    {
        foreach (ElementType element in Enum.GetValues<ElementType>())
        {
            Feed c = Feed.Of(new TensorType(ElementType.Bool, 3, 1, 1), 1, 0, 1), x = Few(element, [2, 1], 66), y = Few(element, [5], 67);
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Where(), v[0], v[1], v[2])], c, x, y)[0];
            Assert.Equal(new TensorType(element, 3, 2, 5), found.Type);
            for (int i = 0; i < 30; i++) Assert.Equal(i / 10 == 1 ? y.Values[i % 5] : x.Values[i / 5 % 2], found.Values[i]);
        }
        Assert.Equal([7], GradientCheck.Evaluate((g, v) => [g.Add(new Where(), v[0], v[1], v[2])], Feed.Of(new TensorType(ElementType.Bool), 0), Feed.Longs(Shape.Scalar, 3), Feed.Longs(Shape.Scalar, 7))[0].Values);
        Assert.Empty(GradientCheck.Evaluate((g, v) => [g.Add(new Where(), v[0], v[1], v[2])], Feed.Of(new TensorType(ElementType.Bool, 0, 1)), Feed.Random(68, 3), Feed.Random(69, 1))[0].Values);
    }

    [Fact]
    public void Where_passes_the_gradient_to_what_was_chosen_under_any_broadcasting()
        => Shapes.Broadcast(3, 3).Sample(shapes => GradientCheck.Run((g, v) => g.Add(new Where(), v[0], v[1], v[2]),
            Few(ElementType.Bool, shapes[0], 70), Feed.Random(71, shapes[1]), Feed.Random(72, shapes[2])), iter: 30, threads: 1);

    /// <summary>Whole numbers of a few values, so that many are equal.</summary>
    private static Feed Few(ElementType element, long[] dims, int seed)
    {
        var random = new Random(seed);
        var type = new TensorType(element, dims);
        int low = element is ElementType.Bool or ElementType.UInt8 ? 0 : -2;
        return Feed.Of(type, [.. Enumerable.Range(0, (int)type.Elements).Select(_ => (double)random.Next(low, element == ElementType.Bool ? 2 : 3))]);
    }

    private static Operator Comparison(string name) => name switch
    {
        "Equal" => new Equal(),
        "Greater" => new Greater(),
        "Less" => new Less(),
        "GreaterOrEqual" => new GreaterOrEqual(),
        _ => new LessOrEqual(),
    };

    private static Operator Connective(string name) => name switch
    {
        "And" => new And(),
        "Or" => new Or(),
        _ => new Xor(),
    };

    private static bool Holds(string name, double a, double b) => name switch
    {
        "Equal" => a == b,
        "Greater" => a > b,
        "Less" => a < b,
        "GreaterOrEqual" => a >= b,
        _ => a <= b,
    };
}
