using CsCheck;
using Headroom.Graph;
using Headroom.Graph.Operators;

namespace Headroom.Runtime.Tests.Operators;

public sealed class OneHotTests
{
    [Fact]
    public void Each_index_is_on_and_the_rest_off() => (
        from dims in Gen.Long[0, 4].Array[0, 3]
        from axis in Gen.Int[-dims.Length - 1, dims.Length]
        from depth in Gen.Long[0, 5]
        from element in Gen.Int[0, 8]
        from indices in Gen.Int[0, 3]
        from seed in Gen.Int[0, 1000]
        select (dims, axis, depth, (ElementType)element, ((ElementType[])[ElementType.Int64, ElementType.Int32, ElementType.Float32, ElementType.Int8])[indices], seed)).Sample(c =>
    {
        (long[] dims, int axis, long depth, ElementType element, ElementType kind, int seed) = c;
        var random = new Random(seed);
        // Some beyond the depth on either side.
        Feed x = Feed.Of(new TensorType(kind, dims), [.. Enumerable.Range(0, (int)new Shape(dims).Elements).Select(_ => (double)random.Next(-7, 8))]);
        Feed values = Feed.Of(new TensorType(element, 2), 0, 1);
        Result found = GradientCheck.Evaluate((g, v) => [g.Add(new OneHot { Axis = axis }, v[0], g.Constant(Depth(depth, kind)), v[1])], x, values)[0];
        int at = axis < 0 ? axis + dims.Length + 1 : axis;
        Assert.Equal(new TensorType(element, new Shape([.. dims[..at], depth, .. dims[at..]])), found.Type);
        for (int i = 0; i < found.Values.Length; i++)
        {
            long[] where = Plain.Coordinates(found.Type.Shape, i);
            double index = x.Values[Plain.Index(x.Type.Shape, [.. where[..at], .. where[(at + 1)..]])];
            Assert.Equal((index < 0 ? index + depth : index) == where[at] ? 1 : 0, found.Values[i]);
        }
    }, iter: 50);

    [Fact]
    public void The_values_have_gradients()
        => GradientCheck.Run((g, v) => g.Add(new OneHot { Axis = 1 }, v[0], g.Constant(TensorData.Scalar(4L)), v[1]), Feed.Longs(new Shape(2, 3), 0, 3, -1, 9, 2, 2), Feed.Of(new TensorType(ElementType.Float64, 2), -0.5, 2));

    [Fact]
    public void Fractions_are_cut_off_and_what_is_no_number_is_off()
    {
        Feed x = Feed.Of(new TensorType(ElementType.Float32, 5), 1.9, -0.5, double.NaN, double.PositiveInfinity, -1e30);
        Assert.Equal([0, 1, 1, 0, 0, 0, 0, 0, 0, 0], GradientCheck.Evaluate((g, v) => [g.Add(new OneHot(), v[0], g.Constant(TensorData.Floats(new Shape(1), 2.7f)), g.Constant(TensorData.Longs(0, 1)))], x)[0].Values);
    }

    [Fact]
    public void A_unit_matrix_of_any_type_and_diagonal() => (
        from rows in Gen.Long[0, 40]
        from columns in Gen.Long[0, 40]
        from diagonal in Gen.Int[-45, 45]
        from element in Gen.Int[0, 8]
        select (rows, columns, diagonal, (ElementType)element)).Sample(c =>
    {
        (long rows, long columns, int diagonal, ElementType element) = c;
        // Beside something that reads it, for the small ones are folded.
        Feed zeros = Feed.Of(new TensorType(ElementType.Float64, rows, columns), new double[rows * columns]);
        Result found = GradientCheck.Evaluate((g, v) => [g.Add(new Add(), v[0], g.Add(new Cast { To = ElementType.Float64 }, g.Add(new EyeLike { Diagonal = diagonal, Element = element }, v[0])))], zeros)[0];
        for (int i = 0; i < found.Values.Length; i++) Assert.Equal(i % columns - i / columns == diagonal ? 1 : 0, found.Values[i]);
    }, iter: 50);

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void A_diagonal_beyond_all_is_nowhere(long diagonal)
        => Assert.All(GradientCheck.Evaluate((g, v) => [g.Add(new Add(), v[0], g.Add(new EyeLike { Diagonal = diagonal }, v[0]))], Feed.Of(new TensorType(ElementType.Float64, 40, 41), new double[40 * 41]))[0].Values, v => Assert.Equal(0, v));

    private static TensorData Depth(long depth, ElementType kind) => kind.IsFloat() ? TensorData.Floats(new Shape(1), depth + 0.25f) : TensorData.Scalar(depth);
}
