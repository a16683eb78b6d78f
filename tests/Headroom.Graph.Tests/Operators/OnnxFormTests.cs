using System.Reflection;
using Headroom.Graph.Onnx;
using Headroom.Graph.Operators;

namespace Headroom.Graph.Tests.Operators;

public sealed class OnnxFormTests
{
    public static TheoryData<Type> OnnxOperators()
        => [.. typeof(Operator).Assembly.GetTypes().Where(t => t.GetCustomAttribute<OnnxOperatorAttribute>() is not null).OrderBy(t => t.Name, StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(OnnxOperators))]
    public void Every_onnx_operator_can_be_read_and_stands_in_onnx_s_domain(Type type)
    {
        Assert.True(typeof(Operator).IsAssignableFrom(type) && type.IsSealed, $"{type.Name} is no sealed operator");
        MethodInfo? read = type.GetMethod("Read", BindingFlags.Public | BindingFlags.Static, [typeof(OnnxAttributes)]);
        Assert.True(read is not null && read.ReturnType == typeof(Operator), $"{type.Name} lacks 'public static Operator Read(OnnxAttributes a)'");
        OnnxOperatorAttribute mark = type.GetCustomAttribute<OnnxOperatorAttribute>()!;
        Assert.InRange(mark.Since, 1, 28);
        if (Samples().FirstOrDefault(s => s.GetType() == type) is Operator sample)
        {
            Assert.Equal("", sample.Domain);
            Assert.Equal(mark.Name ?? type.Name, sample.Name);
        }
    }

    [Fact]
    public void Every_operator_outside_onnx_says_so_by_its_domain()
    {
        foreach (Type type in typeof(Operator).Assembly.GetTypes().Where(t => !t.IsAbstract && typeof(Operator).IsAssignableFrom(t) && t.GetCustomAttribute<OnnxOperatorAttribute>() is null))
        {
            var op = (Operator)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
            Assert.Equal("headroom", op.Domain);
        }
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        foreach (Operator op in Samples())
        {
            OnnxAttributes written = Write(op);
            MethodInfo read = op.GetType().GetMethod("Read", BindingFlags.Public | BindingFlags.Static)!;
            var again = (Operator)read.Invoke(null, [written])!;
            Assert.Equal(op.GetType(), again.GetType());
            Same(written, Write(again), op.Name);
        }
    }

    [Fact]
    public void Operators_without_attributes_are_read_with_onnx_s_defaults()
    {
        var none = new OnnxAttributes(21);
        Assert.Equal(-1, ((Softmax)Softmax.Read(none)).Axis);
        Assert.Equal(-1, ((LogSoftmax)LogSoftmax.Read(none)).Axis);
        Assert.Equal(1, ((Flatten)Flatten.Read(none)).Axis);
        Assert.Equal(0, ((Gather)Gather.Read(none)).Axis);
        Assert.True(((ReduceSum)ReduceSum.Read(none)).KeepDims);
        Assert.Contains("'axis' is missing", Assert.Throws<GraphException>(() => Concat.Read(none)).Message);
        Assert.Contains("holds no number", Assert.Throws<GraphException>(() => Constant.Read(none)).Message);
        Assert.Contains("data type 0", Assert.Throws<GraphException>(() => Cast.Read(none)).Message);
    }

    [Fact]
    public void Constants_are_read_in_all_their_numeric_forms()
    {
        static TensorData Read(Action<OnnxAttributes> set)
        {
            var a = new OnnxAttributes(21);
            set(a);
            return ((Constant)Constant.Read(a)).Value;
        }
        Assert.Equal([2], Read(a => a.Set("value_int", 2L)).ToLongs());
        Assert.Equal([2, 3], Read(a => a.Set("value_ints", [2L, 3L])).ToLongs());
        Assert.Equal([0.5], Read(a => a.Set("value_float", 0.5f)).ToDoubles());
        Assert.Equal(new Shape(2), Read(a => a.Set("value_floats", [0.5f, 1f])).Type.Shape);
    }

    private static Operator[] Samples() =>
    [
        new Add(), new Sub(), new Mul(), new Div(), new Pow(), new Neg(), new Sqrt(), new Exp(), new Log(), new Erf(), new Where(), new Equal(),
        .. Enum.GetValues<ElementType>().Select(t => new Cast { To = t }),
        new Relu(), new Sigmoid(), new Tanh(), new Clip(), new Gelu(), new Gelu { Form = GeluForm.Tanh }, new Softmax { Axis = 1 }, new LogSoftmax { Axis = -2 },
        new ReduceSum { KeepDims = false, NoopWithEmptyAxes = true }, new ReduceMean { KeepDims = false, FixedAxes = [1, -1] }, new ReduceMax { FixedAxes = [0] },
        new ReduceMin { FixedAxes = [0] }, new ReduceProd { KeepDims = false }, new ReduceL1(), new ReduceL2(), new ReduceSumSquare { NoopWithEmptyAxes = true }, new ReduceLogSum(), new ReduceLogSumExp(),
        new ArgMax { Axis = 1, KeepDims = false }, new ArgMin { SelectLastIndex = true }, new TopK { Axis = 0, Largest = false, Sorted = false }, new CumSum { Exclusive = true, Reverse = true },
        new LpNormalization { Axis = 1, P = 1 }, new NegativeLogLikelihoodLoss { IgnoreIndex = -1, Reduction = LossReduction.Sum }, new Einsum { Equation = "ij->ji" }, new OneHot { Axis = 0 },
        new EyeLike { Diagonal = -2, Element = ElementType.Int64 }, new EyeLike(),
        new Reshape { AllowZero = true }, new Flatten { Axis = 2 }, new Squeeze(), new Unsqueeze(), new Identity(), new Expand(), new Slice(),
        new Transpose { Permutation = [1, 0] }, new Concat { Axis = -1 }, new Split { Axis = 1, Parts = 3 }, new Gather { Axis = 1 },
        new Constant { Value = TensorData.Longs(1, 2) }, new ShapeOf { Start = 1, End = -1 },
        new MatMul(), new Gemm { Alpha = 0.5f, Beta = 2, TransposeA = true, TransposeB = true },
    ];

    private static OnnxAttributes Write(Operator op)
    {
        var a = new OnnxAttributes(21);
        op.Write(a);
        return a;
    }

    private static void Same(OnnxAttributes expected, OnnxAttributes found, string name)
    {
        Assert.Equal(expected.Values.Keys, found.Values.Keys);
        foreach ((string key, object value) in expected.Values)
        {
            if (value is TensorData data) Assert.Equal(data.Bytes.ToArray(), ((TensorData)found.Values[key]).Bytes.ToArray());
            else Assert.True(value is Array a ? a.Cast<object>().SequenceEqual(((Array)found.Values[key]).Cast<object>()) : value.Equals(found.Values[key]), $"{name}: '{key}' was {value}, is {found.Values[key]}");
        }
    }
}
