using System.Collections.Immutable;
using Headroom.Graph;

namespace Headroom.Inference.Tests.Parity;

/// <summary>Builds the small model of a case; inputs bring their random values along.</summary>
internal sealed class CaseBuilder
{
    private readonly ModelBuilder _m = new("case");
    private int _inputs;

    public Dictionary<string, TensorData> Feeds { get; } = [];

    /// <summary>Normal numbers.</summary>
    public Value F(params long[] dims) => Feed(ElementType.Float32, dims, Parity.Feeds.Normal);

    /// <summary>Numbers in [0.2, 3).</summary>
    public Value Positive(params long[] dims) => Feed(ElementType.Float32, dims, (n, t) => Parity.Feeds.Uniform(n, t, 0.2, 3));

    public Value D(params long[] dims) => Feed(ElementType.Float64, dims, Parity.Feeds.Normal);

    public Value Bools(params long[] dims) => Feed(ElementType.Bool, dims, (n, t) => Parity.Feeds.Integers(n, t, 0, 2));

    /// <summary>int64 in [low, high).</summary>
    public Value I(int low, int high, params long[] dims) => Feed(ElementType.Int64, dims, (n, t) => Parity.Feeds.Integers(n, t, low, high));

    public Value I32(int low, int high, params long[] dims) => Feed(ElementType.Int32, dims, (n, t) => Parity.Feeds.Integers(n, t, low, high));

    /// <summary>A constant list of integers: axes, shapes, sizes.</summary>
    public Value L(params long[] values) => _m.Constant(TensorData.Longs(values));

    /// <summary>A constant matrix of integers, row by row.</summary>
    public Value L2(int rows, int columns, params long[] values) => _m.Constant(TensorData.Of<long>(ElementType.Int64, new Shape(rows, columns), values));

    /// <summary>A constant list of numbers: scales, regions.</summary>
    public Value Floats(params float[] values) => _m.Constant(TensorData.Floats(new Shape(values.Length), values));

    public Value Number(float value) => _m.Constant(TensorData.Scalar(value));

    public Value Number(long value) => _m.Constant(TensorData.Scalar(value));

    /// <summary>A running statistic, positive.</summary>
    public Value Statistic(params long[] dims) => _m.Statistic("statistic" + _inputs++, Initializer.Ones, dims);

    public Value W(params long[] dims) => _m.Weight("weight" + _inputs++, Initializer.Ones, dims);

    public Value Add(Operator op, params Value[] inputs) => _m.Add(op, inputs);

    public Value[] AddMany(Operator op, int outputs, params Value[] inputs) => [.. _m.AddMany(op, outputs, inputs)];

    public Model Build(params Value[] outputs) => _m.Build(outputs);

    private Value Feed(ElementType element, long[] dims, Func<string, TensorType, TensorData> make)
    {
        string name = "x" + _inputs++;
        Feeds[name] = make(name, new TensorType(element, dims));
        return _m.Input(name, element, [.. dims.Select(d => (Dimension)d)]);
    }
}

/// <summary>A small model of one operator.</summary>
/// <param name="Name">The operator's type, then what is special.</param>
/// <param name="Build">Gives the outputs.</param>
/// <param name="Oldest">The oldest opset in which it can be exported.</param>
internal sealed record Case(string Name, Func<CaseBuilder, Value[]> Build, int Oldest = 13)
{
    public static Case Of(string name, Func<CaseBuilder, Value> build, int oldest = 13) => new(name, b => [build(b)], oldest);
}
