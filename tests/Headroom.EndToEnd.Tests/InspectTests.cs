using Headroom.Graph;
using Headroom.Graph.Onnx;
using Headroom.Graph.Operators;

namespace Headroom.EndToEnd.Tests;

public sealed class InspectTests
{
    [Fact]
    public void An_input_that_decides_shapes_is_given_its_value()
    {
        using var s = new Scratch();
        string file = Path.Combine(s.Root, "reshape.onnx");
        var m = new ModelBuilder("reshape");
        Value x = m.Input("x", ElementType.Float32, "batch", 12), shape = m.Input("shape", ElementType.Int64, 3);
        Value y = m.Add(new Reshape(), m.Add(new Relu(), x), shape);
        OnnxWriter.Write(m.Build(y), file);
        Said without = Cli.Run(s.Root, "inspect", file);
        Assert.Equal(2, without.Code);
        Assert.Contains("--value shape=2,3", without.Error, StringComparison.Ordinal);
        Said given = Cli.Run(s.Root, "inspect", file, "--value", "shape=2,3,2");
        Assert.True(given.Code == 0, given.ToString());
        Assert.Contains("fp32[2, 3, 2]", given.Out, StringComparison.Ordinal);
        foreach ((string value, string what) in new[] { ("shap=1", "no input 'shap'"), ("shape=2,x,2", "is no name=numbers"), ("shape=2,3", "can't be int64[2]"), ("x=1", "is no name=numbers") })
        {
            Said wrong = Cli.Run(s.Root, "inspect", file, "--value", value);
            Assert.Equal(2, wrong.Code);
            Assert.Contains(what, wrong.Error, StringComparison.Ordinal);
        }
    }
}
