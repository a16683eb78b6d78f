using System.Reflection;
using Headroom.Graph.Onnx;
using Headroom.Graph.Operators;
using static Headroom.Graph.Tests.Operators.Typed;

namespace Headroom.Graph.Tests.Operators;

public sealed class UnaryRuleTests
{
    private static readonly Operator[] Floating =
    [
        new LeakyRelu(), new Elu(), new Selu(), new Celu(), new ThresholdedRelu(), new HardSigmoid(), new HardSwish(), new Swish(), new Softplus(), new Softsign(), new Mish(),
        new Reciprocal(), new Sin(), new Cos(), new Ceil(), new Floor(), new Round(), new Erf(), new Gelu(), new Sigmoid(), new Tanh(), new Sqrt(), new Exp(), new Log(), new IsNaN(), new IsInf(),
    ];

    [Fact]
    public void Operators_on_floating_numbers_refuse_integers_and_bools()
    {
        foreach (Operator op in Floating)
        {
            Refuses(op, [I(3)], "int64[3]", "cast");
            Refuses(op, [new TensorType(ElementType.Bool, 3)], "bool[3]");
        }
        foreach (Operator op in (Operator[])[new Abs(), new Sign(), new Neg(), new Relu()]) Refuses(op, [new TensorType(ElementType.Bool, 3)], "bool[3]");
        Refuses(new Not(), [F(3)], "fp32[3]");
    }

    [Fact]
    public void Questions_are_answered_in_bools()
    {
        foreach (Operator op in (Operator[])[new IsNaN(), new IsInf()])
        {
            Assert.Equal(new TensorType(ElementType.Bool, 2, 3), Infer(op, F(2, 3))[0]);
            Assert.Equal(ElementType.Bool, op.OutputElement(0, [ElementType.Float32]));
        }
        Assert.Equal(new TensorType(ElementType.Bool, 2, 3), Infer(new Not(), new TensorType(ElementType.Bool, 2, 3))[0]);
    }

    [Fact]
    public void An_axis_outside_the_rank_is_refused() => Refuses(new Hardmax { Axis = 2 }, [F(3, 4)], "axis 2", "[3, 4]");

    [Fact]
    public void An_unknown_approximation_is_refused()
    {
        var a = new OnnxAttributes(21);
        a.Set("approximate", "cubic");
        Assert.Contains("'cubic'", Assert.Throws<GraphException>(() => Gelu.Read(a)).Message);
    }

    [Fact]
    public void Parameters_are_written_and_read_back()
    {
        foreach (Operator op in (Operator[])[new LeakyRelu { Alpha = 0.3f }, new Elu { Alpha = 2 }, new Selu { Alpha = 2, Gamma = 3 }, new Celu { Alpha = 0.5f }, new ThresholdedRelu { Alpha = 0.1f },
            new HardSigmoid { Alpha = 0.1f, Beta = 0.4f }, new Swish { Alpha = 2 }, new SwiGLU { Alpha = 3 }, new Hardmax { Axis = 1 }, new IsInf { DetectNegative = false }, new IsInf { DetectPositive = false }])
        {
            OnnxAttributes written = Written(op);
            var again = (Operator)op.GetType().GetMethod("Read", BindingFlags.Public | BindingFlags.Static)!.Invoke(null, [written])!;
            Assert.Empty(written.Unread);
            Assert.Equal(written.Values, Written(again).Values);
        }
    }

    [Fact]
    public void What_is_left_out_has_onnx_s_defaults()
    {
        var none = new OnnxAttributes(22);
        Assert.Equal(0.01f, ((LeakyRelu)LeakyRelu.Read(none)).Alpha);
        Assert.Equal(1, ((Elu)Elu.Read(none)).Alpha);
        Assert.Equal((1.6732632f, 1.050701f), (((Selu)Selu.Read(none)).Alpha, ((Selu)Selu.Read(none)).Gamma));
        Assert.Equal(1, ((Celu)Celu.Read(none)).Alpha);
        Assert.Equal(1, ((ThresholdedRelu)ThresholdedRelu.Read(none)).Alpha);
        Assert.Equal((0.2f, 0.5f), (((HardSigmoid)HardSigmoid.Read(none)).Alpha, ((HardSigmoid)HardSigmoid.Read(none)).Beta));
        Assert.Equal(1, ((Swish)Swish.Read(none)).Alpha);
        Assert.Equal(1, ((SwiGLU)SwiGLU.Read(none)).Alpha);
        Assert.Equal(-1, ((Hardmax)Hardmax.Read(none)).Axis);
        Assert.Equal((true, true), (((IsInf)IsInf.Read(none)).DetectNegative, ((IsInf)IsInf.Read(none)).DetectPositive));
    }

    [Theory]
    [InlineData("Celu", 21, "Div Elu Mul")]
    [InlineData("IsInf", 18, "Cast IsInf")]
    [InlineData("IsInf", 21, "IsInf")]
    [InlineData("HardSwish", 13, "HardSigmoid Mul")]
    [InlineData("HardSwish", 14, "HardSwish")]
    [InlineData("Mish", 17, "Softplus Tanh Mul")]
    [InlineData("Mish", 18, "Mish")]
    [InlineData("Swish", 23, "Mul Sigmoid Mul")]
    public void Older_opsets_get_what_they_know(string name, int opset, string nodes)
    {
        Operator op = name switch
        {
            "Celu" => new Celu(),
            "IsInf" => new IsInf(),
            "HardSwish" => new HardSwish(),
            "Mish" => new Mish(),
            _ => new Swish { Alpha = 2 },
        };
        var m = new ModelBuilder("older");
        Value x = m.Input("x", ElementType.Float16, [3]);
        byte[] file = OnnxWriter.ToBytes(m.Build(m.Add(op, x)), null, new OnnxWriteOptions { Opset = opset });
        Assert.Equal(nodes, string.Join(" ", OnnxReader.Read(file, "m.onnx").Nodes.Select(n => n.Operator.Name)));
    }

    [Fact]
    public void The_arithmetic_around_shapes_folds()
    {
        var g = new TypedBuilder("folding");
        long[]? Longs(Operator op, params long[] values) => g.Constant(g.Add(op, g.Constant(TensorData.Longs(values))))?.ToLongs();
        float[]? Floats(Operator op, params float[] values) => g.Constant(g.Add(op, g.Constant(TensorData.Floats(new Shape(values.Length), values))))?.As<float>().ToArray();
        Assert.Equal([3, -4], Longs(new Neg(), -3, 4)!);
        Assert.Equal([3, 4], Longs(new Abs(), -3, 4)!);
        Assert.Equal([-1, 0, 1], Longs(new Sign(), -3, 0, 4)!);
        Assert.Equal([-2, 3], Floats(new Floor(), -1.5f, 3.9f)!);
        Assert.Equal([-1, 4], Floats(new Ceil(), -1.5f, 3.1f)!);
        Assert.Equal([-2, 2, 4], Floats(new Round(), -1.5f, 2.5f, 3.5f)!);
        Assert.Equal([1.5f, 4], Floats(new Sqrt(), 2.25f, 16)!);
        Assert.Equal([0.5f, 4], Floats(new Reciprocal(), 2, 0.25f)!);
        Assert.Equal([-1, float.NaN], Floats(new Sign(), -3, float.NaN)!);
        Assert.Equal([-1.5f, 2], Floats(new Neg(), 1.5f, -2)!);
        Value equal = g.Add(new Equal(), g.Constant(TensorData.Longs(1, 2)), g.Constant(TensorData.Longs(1, 3)));
        Assert.Equal([0, 1], g.Constant(g.Add(new Not(), equal))!.ToLongs());
        Assert.Empty(g.Nodes);
    }

    private static OnnxAttributes Written(Operator op)
    {
        var a = new OnnxAttributes(22);
        op.Write(a);
        return a;
    }
}
