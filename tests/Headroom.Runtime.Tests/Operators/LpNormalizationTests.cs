using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class LpNormalizationTests
{
    private static readonly Gen<(long[] Dims, int Axis, long P, int Seed)> Any =
        from dims in Gen.Long[1, 5].Array[1, 4]
        from axis in Gen.Int[-dims.Length, dims.Length - 1]
        from p in Gen.Long[1, 2]
        from seed in Gen.Int[0, 1000]
        select (dims, axis, p, seed);

    [Fact]
    public void Each_slice_is_divided_by_its_norm() => Any.Sample(c =>
    {
        foreach (ElementType element in (ElementType[])[ElementType.Float64, ElementType.Float32, ElementType.BFloat16, ElementType.Float16])
        {
            Feed x = Feed.Random(new TensorType(element, c.Dims), c.Seed);
            Result found = GradientCheck.Evaluate((g, v) => [g.Add(new LpNormalization { Axis = c.Axis, P = c.P }, v[0])], x)[0];
            int at = x.Type.Shape.Axis(c.Axis);
            double Norm(int i)
            {
                long[] where = Plain.Coordinates(x.Type.Shape, i);
                double sum = 0;
                for (where[at] = 0; where[at] < c.Dims[at]; where[at]++) sum += Math.Pow(Math.Abs(x.Values[Plain.Index(x.Type.Shape, where)]), c.P);
                return Math.Pow(sum, 1.0 / c.P);
            }
            Plain.Same([.. x.Values.Select((v, i) => v / Norm(i))], found, Plain.Rounding(element));
        }
    }, iter: 30);

    // Away from zero, where the sum of absolute values has a kink.
    [Fact]
    public void Gradients_are_central_differences() => Any.Sample(c =>
    {
        Feed x = Feed.Random(new TensorType(ElementType.Float64, c.Dims), c.Seed, 0.3, 2);
        x = Feed.Of(x.Type, [.. x.Values.Select((v, i) => (i + c.Seed) % 3 == 0 ? -v : v)]);
        GradientCheck.Run((g, v) => g.Add(new LpNormalization { Axis = c.Axis, P = c.P }, v[0]), x);
    }, iter: 30);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Zeros_stay_zeros_and_so_does_their_gradient(long p)
    {
        Result[] r = GradientCheck.Evaluate((g, v) =>
        {
            Value y = g.Add(new LpNormalization { P = p }, v[0]), found = Value.None;
            Differentiate.Run(g, g.Add(new ReduceSum { KeepDims = false }, y), [v[0]], (_, d) => found = d);
            return [y, found];
        }, Feed.Of(new TensorType(ElementType.Float32, 2, 2), 0, 0, 3, 0));
        Assert.Equal([0, 0, 1, 0], r[0].Values);
        Assert.Equal([0, 0], r[1].Values[..2]);
    }
}
