using Headroom.Graph.Operators;
using Headroom.Graph.Passes;

namespace Headroom.Graph.Tests.Passes;

public sealed class AnyBatchTests
{
    [Fact]
    public void A_reshape_that_was_written_for_one_row_takes_any_number()
    {
        var m = new ModelBuilder("m");
        Value x = m.Input("x", ElementType.Float32, 1, 4, 4), shape = m.Constant(TensorData.Longs(1, 16));
        Value flat = m.Add(new Reshape(), x, shape);
        // The same constant as a value: it must stay what it is.
        Value y = m.Add(new Add(), m.Add(new MatMul(), flat, m.Weight("w", Initializer.Ones, 16, 2)), m.Add(new Cast { To = ElementType.Float32 }, shape));
        Model model = AnyBatch.Run(m.Build(y));
        foreach (long batch in (long[])[1, 5, 8]) Assert.Equal(new Shape(batch, 2), Specialize.Run(model, batch).Type(y).Shape);
        Assert.Equal([1, 16], model.Constants[shape].ToLongs());
    }

    [Fact]
    public void A_batch_under_another_name_gets_ours()
    {
        var m = new ModelBuilder("m");
        Value y = m.Add(new Relu(), m.Input("x", ElementType.Float32, "N", 3));
        Assert.Equal("batch", AnyBatch.Run(m.Build(y)).Inputs[0].Dimensions[0].Name);
    }

    [Fact]
    public void A_node_that_is_bound_to_its_batch_is_named()
    {
        var m = new ModelBuilder("m");
        Value x = m.Input("x", ElementType.Float32, 1, 4), y = m.AddNamed("tail", new Reshape(), x, m.Constant(TensorData.Longs(2, 2)));
        var e = Assert.Throws<GraphException>(() => AnyBatch.Run(m.Build(y)));
        Assert.Contains("node 'tail'", e.Message);
        Assert.Contains("Export it again", e.Message);
    }

    [Fact]
    public void Inputs_must_share_the_batch()
    {
        var m = new ModelBuilder("m");
        Value y = m.Add(new Add(), m.Input("a", ElementType.Float32, 1, 4), m.Input("b", ElementType.Float32, 4));
        Assert.Contains("they share no batch", Assert.Throws<GraphException>(() => AnyBatch.Run(m.Build(y))).Message);
    }
}
