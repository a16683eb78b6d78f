using Headroom.Graph.Operators;
using Headroom.Graph.Passes;

namespace Headroom.Graph.Tests.Passes;

public sealed class ShapeBearingTests
{
    private static readonly Dictionary<string, long> None = [];

    [Fact]
    public void Inputs_that_reach_a_shape_are_found_through_arithmetic_and_not_through_Shape()
    {
        var m = new ModelBuilder("m");
        Value x = m.Input("x", ElementType.Float32, 6), half = m.Input("half", ElementType.Int64, 1), like = m.Input("like", ElementType.Float32, 3, 2);
        Value doubled = m.Add(new Add(), half, half);
        Value y = m.Add(new Reshape(), m.Add(new Reshape(), x, doubled), m.Add(new ShapeOf(), like));
        Model model = m.Build(y);
        Assert.Equal(["half"], ShapeBearing.Inputs(model).Select(i => i.Value.Name));
        TypedGraph graph = Specialize.Run(model, None, new Dictionary<Value, TensorData> { [half] = TensorData.Longs(3) });
        Assert.Equal(new Shape(3, 2), graph.Type(y).Shape);
        Assert.DoesNotContain(graph.Inputs, i => i.Value == half);
        Assert.Contains("Give a value to the graph input", Assert.Throws<GraphException>(() => Specialize.Run(model, None)).Message);
    }

    [Fact]
    public void A_value_that_does_not_fit_its_input_is_refused()
    {
        var m = new ModelBuilder("m");
        Value x = m.Input("x", ElementType.Float32, "batch", 4), shape = m.Input("shape", ElementType.Int64, 2);
        Model model = m.Build(m.Add(new Reshape(), x, shape));
        var batch = new Dictionary<string, long> { ["batch"] = 2 };
        TypedGraph With(Value v, TensorData data) => Specialize.Run(model, batch, new Dictionary<Value, TensorData> { [v] = data });
        Assert.Equal(new Shape(4, 2), With(shape, TensorData.Longs(4, 2)).Type(model.Outputs[0]).Shape);
        Assert.Contains("can't be int64[3]", Assert.Throws<GraphException>(() => With(shape, TensorData.Longs(4, 2, 1))).Message);
        Assert.Contains("can't be fp32[2]", Assert.Throws<GraphException>(() => With(shape, TensorData.Floats(new Shape(2), 1, 2))).Message);
        Assert.Contains("which is no input", Assert.Throws<GraphException>(() => With(new Value("other"), TensorData.Longs(1))).Message);
    }
}
