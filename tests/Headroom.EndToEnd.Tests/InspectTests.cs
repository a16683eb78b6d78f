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
        (string[], string)[] refused = [(["shape=99999999999999999999,1,1"], "int64 doesn't hold"), (["shape=2,3,2", "shape=2,3,2"], "'shape' is given twice")];
        foreach ((string[] values, string what) in refused)
        {
            Said wrong = Cli.Run(s.Root, ["inspect", file, "--value", .. values]);
            Assert.True(wrong.Code == 2, wrong.ToString());
            Assert.Contains(what, wrong.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_figures_are_of_the_batch_that_is_shown()
    {
        using var s = new Scratch();
        string named = Write(s, "named", "rows"), bound = Write(s, "fixed", 4);
        (string, string[], string)[] shown =
        [
            (named, [], "At a batch of 1"), (named, ["--batch", "8"], "At a batch of 8"), (named, ["--dimension", "rows=8"], "At a batch of 8"),
            (bound, [], "At a batch of 4"), (bound, ["--batch", "8"], "At a batch of 8"),
        ];
        foreach ((string file, string[] more, string what) in shown)
        {
            Said said = Cli.Run(s.Root, ["inspect", file, .. more]);
            Assert.True(said.Code == 0, said.ToString());
            Assert.Contains(what, said.Out, StringComparison.Ordinal);
            Assert.Contains($"fp32[{what.Split(' ')[^1]}, 3]", said.Out, StringComparison.Ordinal);
        }
        (string[], string)[] refused = [(["--batch", "0"], "--batch"), (["--batch", "8", "--dimension", "rows=4"], "contradict each other")];
        foreach ((string[] more, string what) in refused)
        {
            Said wrong = Cli.Run(s.Root, ["inspect", named, .. more]);
            Assert.True(wrong.Code == 2, wrong.ToString());
            Assert.Contains(what, wrong.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_batch_that_can_not_be_changed_is_refused()
    {
        using var s = new Scratch();
        string file = Path.Combine(s.Root, "bound.onnx");
        var m = new ModelBuilder("bound");
        Value x = m.Input("x", ElementType.Float32, 4, 3);
        OnnxWriter.Write(m.Build(m.Add(new ReduceMean { KeepDims = false }, x)), file);
        Said said = Cli.Run(s.Root, "inspect", file, "--batch", "8");
        Assert.True(said.Code == 2, said.ToString());
        Assert.Contains("its batch is fixed at 4", said.Error, StringComparison.Ordinal);
        Assert.Equal(0, Cli.Run(s.Root, "inspect", file).Code);
    }

    private static string Write(Scratch s, string name, Dimension batch)
    {
        string file = Path.Combine(s.Root, name + ".onnx");
        var m = new ModelBuilder(name);
        OnnxWriter.Write(m.Build(m.Add(new Relu(), m.Input("x", ElementType.Float32, batch, 3))), file);
        return file;
    }
}
