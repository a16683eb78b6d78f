using Headroom.Graph.Onnx;
using Headroom.Graph.Operators;
using Headroom.Graph.Passes;

namespace Headroom.Graph.Tests.Operators;

/// <summary>Attributes and extents that no model has are refused by the node's name, before a kernel could read beyond its memory, overflow or search for ever.</summary>
public sealed class HostileShapeTests
{
    private const long Huge = long.MaxValue - 2_000_000;

    [Fact]
    public void Convolutions_over_no_channels()
    {
        Refused("nothing to convolve", new Conv(), [1, 0, 3, 3], [2, 0, 2, 2]);
        Refused("nothing to convolve", new Conv(), [1, 1, 3, 3], [0, 1, 2, 2]);
        Refused("nothing to convolve", new ConvTranspose(), [1, 0, 3, 3], [0, 2, 2, 2]);
        Refused("nothing to convolve", new ConvTranspose(), [1, 2, 3, 3], [2, 0, 2, 2]);
    }

    [Fact]
    public void Windows_that_overflow_their_sums()
    {
        Refused("must all be from 1 to 2147483647", new MaxPool { KernelShape = [1], Dilations = [Huge] }, [1, 1, 100]);
        Refused("must all be from 1 to 2147483647", new AveragePool { KernelShape = [1], Strides = [Huge] }, [1, 1, 100]);
        Refused("or one beyond 2147483647", new MaxPool { KernelShape = [1], Pads = [0, Huge] }, [1, 1, 100]);
    }

    [Fact]
    public void More_axes_than_any_tensor_has()
    {
        var m = new ModelBuilder("m");
        Value y = m.AddNamed("many", new Reshape(), m.Input("x", ElementType.Float32, 1), m.Constant(TensorData.Longs([.. Enumerable.Repeat(1L, 40)])));
        var e = Assert.Throws<GraphException>(() => Specialize.Run(m.Build(y), 1));
        Assert.Contains("node 'many'", e.Message);
        Assert.Contains("40 axes; up to 32", e.Message);
    }

    [Fact]
    public void An_einsum_of_more_operands_than_letters()
    {
        var m = new ModelBuilder("m");
        Value x = m.Input("x", ElementType.Float32, 2);
        Value y = m.Add(new Einsum { Equation = string.Join(',', Enumerable.Repeat("a", 60)) + "->a" }, [.. Enumerable.Repeat(x, 60)]);
        Assert.Contains("60 operands", Assert.Throws<GraphException>(() => Specialize.Run(m.Build(y), 1)).Message);
    }

    [Fact]
    public void Extents_that_are_no_extents_name_their_node()
        => Refused("node 'refused'", new DepthToSpace { BlockSize = 3_000_000_000 }, [1, 0, 4_000_000_000, 4_000_000_000]);

    [Fact]
    public void A_split_keeps_its_pieces_when_the_last_is_not_read()
    {
        var m = new ModelBuilder("m");
        Value x = m.Input("x", ElementType.Float32, 4);
        Model model = m.Build() with { Nodes = [new Node("split", new Split(), [x], [new Value("a"), Value.None])], Outputs = [new Value("a")] };
        foreach (int opset in new[] { 13, 18, 21 })
            Assert.Equal(new Shape(2), Specialize.Run(OnnxReader.Read(OnnxWriter.ToBytes(model, options: new OnnxWriteOptions { Opset = opset }), "split.onnx"), 1).Type(new Value("a")).Shape);
    }

    [Fact]
    public void A_long_chain_is_planned_in_a_moment()
    {
        var m = new ModelBuilder("m");
        Value v = m.Input("x", ElementType.Float32, 8);
        for (int i = 0; i < 20_000; i++) v = m.Add(new Relu(), v);
        MemoryPlan plan = MemoryPlan.Create(Specialize.Run(m.Build(v), 1));
        Assert.Equal(64, plan.ArenaBytes);
    }

    private static void Refused(string why, Operator op, params long[][] inputs)
    {
        var m = new ModelBuilder("m");
        Value y = m.AddNamed("refused", op, [.. inputs.Select((dims, i) => m.Input("x" + i, ElementType.Float32, [.. dims.Select(d => (Dimension)d)]))]);
        var e = Assert.Throws<GraphException>(() => Specialize.Run(m.Build(y), 1));
        Assert.Contains("node 'refused'", e.Message);
        Assert.Contains(why, e.Message);
    }
}
