using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class ElementwiseTests
{
    public static TheoryData<string, long[], long[]> Broadcasts()
    {
        var data = new TheoryData<string, long[], long[]>();
        foreach (string name in (string[])["Add", "Sub", "Mul", "Div", "Pow"])
        {
            data.Add(name, [3, 5], [3, 5]);
            data.Add(name, [7, 37], [37]);
            data.Add(name, [37], [5, 37]);
            data.Add(name, [2, 3, 5], [3, 1]);
            data.Add(name, [2, 1, 5], [3, 1]);
            data.Add(name, [], [4]);
            data.Add(name, [3, 1], []);
            data.Add(name, [1, 1], [1]);
            data.Add(name, [0, 3], [3]);
            data.Add(name, [2, 0], [1, 1]);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Broadcasts))]
    public void Binary_operators_have_the_gradients_of_central_differences(string name, long[] a, long[] b)
        => GradientCheck.Run((g, x) => g.Add(Make(name), x[0], x[1]), Positive(1, a), Positive(2, b));

    [Theory]
    [MemberData(nameof(Broadcasts))]
    public void Binary_operators_agree_with_a_plain_loop_in_every_floating_type(string name, long[] a, long[] b)
    {
        foreach (ElementType element in (ElementType[])[ElementType.Float64, ElementType.Float32, ElementType.BFloat16, ElementType.Float16])
        {
            Feed x = Feed.Random(new TensorType(element, a), 3, 0.5, 2), y = Feed.Random(new TensorType(element, b), 4, 0.5, 2);
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(Make(name), v[0], v[1])], x, y)[0];
            Plain.Same(Plain.Map(found.Type.Shape, (p, q) => Formula(name, p, q), x, y), found, Plain.Rounding(element));
        }
    }

    [Theory]
    [InlineData(ElementType.Int8)]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Int32)]
    [InlineData(ElementType.Int64)]
    public void Integers_are_added_multiplied_and_divided_exactly(ElementType element)
    {
        Feed x = Feed.Of(new TensorType(element, 3, 71), [.. Enumerable.Range(0, 213).Select(i => (double)(i % 13))]);
        Feed y = Feed.Of(new TensorType(element, 71), [.. Enumerable.Range(0, 71).Select(i => (double)(i % 7))]);
        foreach (string name in (string[])["Add", "Mul", "Div"])
        {
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(Make(name), v[0], v[1])], x, y)[0];
            Plain.Same(Plain.Map(found.Type.Shape, (p, q) => name == "Div" ? (q == 0 ? 0 : Math.Truncate(p / q)) : Formula(name, p, q), x, y), found, 0);
        }
    }

    [Fact]
    public void The_smallest_integer_divided_by_minus_one_wraps_and_does_not_trap()
    {
        Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Div(), v[0], v[1])], Feed.Of(new TensorType(ElementType.Int32, 1), int.MinValue), Feed.Of(new TensorType(ElementType.Int32, 1), -1))[0];
        Assert.Equal(int.MinValue, found.Values[0]);
    }

    [Fact]
    public void Operands_of_any_strides_are_read_where_they_lie()
    {
        Feed x = Feed.Random(5, 4, 3, 5), y = Feed.Random(6, 5, 7, 4);
        GradientCheck.Function function = (g, v) =>
        {
            Value turned = g.Add(new Transpose { Permutation = [2, 0, 1] }, v[0]);                       // [5, 4, 3]
            Value cut = g.Add(new Slice(), g.Add(new Transpose { Permutation = [0, 2, 1] }, v[1]),       // [5, 4, 7] -> [5, 4, 3]
                g.Constant(TensorData.Longs(1)), g.Constant(TensorData.Longs(7)), g.Constant(TensorData.Longs(2)), g.Constant(TensorData.Longs(2)));
            return [g.Add(new Sub(), turned, cut)];
        };
        Result found = GradientCheck.Evaluate(function, x, y)[0];
        for (int i = 0; i < 5; i++)
            for (int j = 0; j < 4; j++)
                for (int k = 0; k < 3; k++)
                    Assert.Equal(x.Values[(j * 3 + k) * 5 + i] - y.Values[(i * 7 + 1 + 2 * k) * 4 + j], found.Values[(i * 4 + j) * 3 + k], 1e-12);
        GradientCheck.Run((g, v) => function(g, v)[0], x, y);
    }

    [Fact]
    public void Large_operands_are_shared_out_without_a_seam()
    {
        Feed x = Feed.Random(new TensorType(ElementType.Float32, 301, 1003), 7), y = Feed.Random(new TensorType(ElementType.Float32, 1003), 8);
        Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Add(), v[0], v[1])], x, y)[0];
        for (int i = 0; i < found.Values.Length; i++) Assert.Equal((float)(x.Values[i] + y.Values[i % 1003]), (float)found.Values[i]);
    }

    public static TheoryData<string> Unary() => ["Neg", "Sqrt", "Exp", "Log", "Erf"];

    [Theory]
    [MemberData(nameof(Unary))]
    public void Unary_operators_agree_with_a_plain_loop_and_central_differences(string name)
    {
        foreach (long[] dims in (long[][])[[3, 7], [], [1], [0, 2], [2, 3, 5]])
        {
            GradientCheck.Run((g, x) => g.Add(Make(name), x[0]), Positive(9, dims));
            foreach (ElementType element in (ElementType[])[ElementType.Float64, ElementType.Float32, ElementType.BFloat16])
            {
                Feed x = Feed.Random(new TensorType(element, dims), 10, 0.3, 2.5);
                Result found = GradientCheck.Evaluate((g, v) => [g.Add(Make(name), v[0])], x)[0];
                Plain.Same([.. x.Values.Select(v => Formula(name, v, 0))], found, Plain.Rounding(element));
            }
        }
    }

    [Fact]
    public void A_power_with_a_known_exponent_takes_the_short_way_and_gives_the_same()
    {
        foreach (double p in (double[])[2, 0.5, 3, -1, 0, 1])
        {
            Feed x = Positive(11, 3, 5);
            Value Function(TypedBuilder g, Value[] v) => g.Add(new Pow(), v[0], g.Constant(TensorData.Fill(ElementType.Float64, Shape.Scalar, p)));
            GradientCheck.Run(Function, x);
            Plain.Same([.. x.Values.Select(v => Math.Pow(v, p))], GradientCheck.Evaluate((g, v) => [Function(g, v)], x)[0], 1e-12);
        }
    }

    [Fact]
    public void A_square_has_its_gradient_at_zero_and_below()
    {
        GradientCheck.Run((g, v) => g.Add(new Pow(), v[0], g.Constant(TensorData.Fill(ElementType.Float64, Shape.Scalar, 2))), Feed.Of(new TensorType(ElementType.Float64, 3), 0, -1.5, 2));
        GradientCheck.Run((g, v) => g.Add(new Pow(), v[0], v[1]), Feed.Of(new TensorType(ElementType.Float64, 2), 1.5, 0.5), Feed.Of(new TensorType(ElementType.Float64, 2), 0, 1));
    }

    [Fact]
    public void An_exponent_of_another_type_keeps_the_base_s_type()
    {
        Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Pow(), v[0], v[1])], Feed.Of(new TensorType(ElementType.Float32, 2), 3, 2), Feed.Longs(new Shape(2), 2, 5))[0];
        Assert.Equal(ElementType.Float32, found.Type.Element);
        Assert.Equal([9, 32], found.Values);
    }

    [Fact]
    public void Where_chooses_under_broadcasting_and_passes_the_gradient_to_what_was_chosen()
    {
        Feed c = Feed.Of(new TensorType(ElementType.Bool, 3, 1), 1, 0, 1), x = Feed.Random(12, 3, 4), y = Feed.Random(13, 4);
        GradientCheck.Run((g, v) => g.Add(new Where(), v[0], v[1], v[2]), c, x, y);
        Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Where(), v[0], v[1], v[2])], c, x, y)[0];
        for (int i = 0; i < 12; i++) Assert.Equal(i / 4 == 1 ? y.Values[i % 4] : x.Values[i], found.Values[i]);
    }

    [Fact]
    public void Equal_compares_floats_integers_and_bools()
    {
        foreach (ElementType element in (ElementType[])[ElementType.Float32, ElementType.Int64, ElementType.Bool])
        {
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Equal(), v[0], v[1])], Feed.Of(new TensorType(element, 2, 2), 0, 1, 1, 0), Feed.Of(new TensorType(element, 2), 0, 1))[0];
            Assert.Equal(ElementType.Bool, found.Type.Element);
            Assert.Equal([1, 1, 0, 0], found.Values);
        }
        Assert.Equal(0, GradientCheck.Evaluate((g, v) => [g.Add(new Equal(), v[0], v[0])], Feed.Of(new TensorType(ElementType.Float32), double.NaN))[0].Values[0]);
    }

    [Fact]
    public void Casts_go_between_all_types()
    {
        double[] values = [0, 1, 2, 100, 0, 3];
        foreach (ElementType from in Enum.GetValues<ElementType>())
        {
            foreach (ElementType to in Enum.GetValues<ElementType>())
            {
                Feed x = Feed.Of(new TensorType(from, 2, 3), [.. values]);
                Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Cast { To = to }, v[0])], x)[0];
                Assert.Equal(to, found.Type.Element);
                Assert.Equal(to == ElementType.Bool ? x.Values.Select(v => v != 0 ? 1.0 : 0) : x.Values, found.Values);
            }
        }
        Assert.Equal([-1, 1, 0], GradientCheck.Evaluate((g, v) => [g.Add(new Cast { To = ElementType.Int32 }, v[0])], Feed.Of(new TensorType(ElementType.Float32, 3), -1.9, 1.9, 0.4))[0].Values);
    }

    [Fact]
    public void A_cast_to_bf16_rounds_to_nearest_and_its_gradient_is_cast_back()
    {
        double[] odd = [1.00390625, 1.01171875, -3.1415927]; // two ties and a plain number
        Assert.Equal([1, 1.015625, -3.140625], GradientCheck.Evaluate((g, v) => [g.Add(new Cast { To = ElementType.BFloat16 }, v[0])], Feed.Of(new TensorType(ElementType.Float32, 3), odd))[0].Values);
        // Through fp32 and back: the slope is 1, the step large enough to be seen in fp32.
        GradientCheck.Run((g, v) => [g.Add(new Cast { To = ElementType.Float64 }, g.Add(new Cast { To = ElementType.Float32 }, v[0]))], 0.125, 1e-5, Feed.Random(14, 3, 3));
    }

    private static Feed Positive(int seed, params long[] dims) => Feed.Random(new TensorType(ElementType.Float64, dims), seed, 0.5, 2);

    private static Operator Make(string name) => name switch
    {
        "Add" => new Add(),
        "Sub" => new Sub(),
        "Mul" => new Mul(),
        "Div" => new Div(),
        "Pow" => new Pow(),
        "Neg" => new Neg(),
        "Sqrt" => new Sqrt(),
        "Exp" => new Exp(),
        "Log" => new Log(),
        _ => new Erf(),
    };

    private static double Formula(string name, double a, double b) => name switch
    {
        "Add" => a + b,
        "Sub" => a - b,
        "Mul" => a * b,
        "Div" => a / b,
        "Pow" => Math.Pow(a, b),
        "Neg" => -a,
        "Sqrt" => Math.Sqrt(a),
        "Exp" => Math.Exp(a),
        "Log" => Math.Log(a),
        _ => Plain.Erf(a),
    };
}
