using Headroom.Graph.Models;
using Headroom.Graph.Operators;
using Headroom.Graph.Passes;

namespace Headroom.Graph.Tests.Models;

public sealed class TransferTests
{
    [Fact]
    public void The_last_layer_and_what_follows_it_make_room_for_a_new_one()
    {
        Model model = Transfer.ReplaceHead(Network(), 7);
        Assert.Equal(["body.weight", "body.bias", "head.weight", "head.bias"], model.States.Select(s => s.Value.Name));
        Assert.Equal("logits", Assert.Single(model.Outputs).Name);
        Assert.Equal(new Shape(3, 7), Specialize.Run(model, 3).Type(model.Outputs[0]).Shape);
        Assert.DoesNotContain(model.Nodes, n => n.Operator is Softmax);
    }

    [Fact]
    public void Frozen_weights_get_no_gradient()
    {
        Model model = Transfer.Freeze(Network(), ["body.*"]);
        Assert.Equal([false, false, true, true], model.States.Select(s => s.Trainable));
        Assert.Contains("no weight is called 'bdy.*'; there are body.weight", Assert.Throws<GraphException>(() => Transfer.Freeze(Network(), ["bdy.*"])).Message);
    }

    [Fact]
    public void An_input_is_renamed_and_divided()
    {
        Model model = Network();
        Value input = new("image");
        Model divided = Transfer.Divided(Transfer.Renamed(model, new Value("x"), input), input, 255);
        Assert.Equal("image", Assert.Single(divided.Inputs).Value.Name);
        Assert.IsType<Div>(divided.Nodes[0].Operator);
        Assert.Equal(new Shape(2, 5), Specialize.Run(divided, 2).Type(divided.Outputs[0]).Shape);
        Assert.Contains("can't be called 'body.weight'", Assert.Throws<GraphException>(() => Transfer.Renamed(model, new Value("x"), new Value("body.weight"))).Message);
    }

    [Fact]
    public void A_head_over_pictures_is_refused()
    {
        var m = new ModelBuilder("m");
        Value y = m.Conv2D(m.Input("x", ElementType.Float32, "batch", 3, 8, 8), 3, 4, 3, "conv");
        Assert.Contains("a head over [batch, features] can be replaced", Assert.Throws<GraphException>(() => Transfer.ReplaceHead(m.Build(y), 2)).Message);
        var none = new ModelBuilder("m");
        Assert.Contains("no layer with weights", Assert.Throws<GraphException>(() => Transfer.ReplaceHead(none.Build(none.Add(new Relu(), none.Input("x", ElementType.Float32, "batch", 3))), 2)).Message);
    }

    private static Model Network()
    {
        var m = new ModelBuilder("m");
        Value h = m.Add(new Relu(), m.Linear(m.Input("x", ElementType.Float32, "batch", 4), 4, 6, "body"));
        return m.Build(m.Add(new Softmax(), m.Linear(h, 6, 5, "head")));
    }
}
