using Headroom.Cli.Configuration;
using Headroom.Cli.Stages;
using Headroom.Data.Features;
using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Onnx;
using Headroom.Graph.Operators;

namespace Headroom.Cli.Tests.Stages;

public sealed class OnnxRecipeTests : IDisposable
{
    private static readonly ImageEncoding Picture = new() { Column = "image", Shape = [1, 4, 4], Mean = [0], StandardDeviation = [1] };

    private readonly string folder = Directory.CreateTempSubdirectory("headroom-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact] // what trains, what is exported and what the checkpoint is of is one network, even if the file is replaced meanwhile
    public void The_file_is_read_once()
    {
        OnnxRecipe recipe = OnnxRecipe.For(new ModelSettings { Preset = Preset.Onnx }, Network(ElementType.Float32), Picture, 3);
        File.Delete(recipe.Path);
        Assert.Same(recipe.Build(), recipe.Build());
        Assert.Throws<InputException>(() => (recipe with { Path = Path.Combine(folder, "other.onnx") }).Build());
    }

    [Fact]
    public void Scores_that_are_not_fp32_are_refused()
    {
        var settings = new ModelSettings { Preset = Preset.Onnx, Head = HeadKind.Keep };
        Assert.Contains("its scores are fp16[2, 5]", Assert.Throws<InputException>(() => OnnxRecipe.For(settings, Network(ElementType.Float16), Picture, 5)).Message, StringComparison.Ordinal);
        Assert.Equal(5, OnnxRecipe.For(settings, Network(ElementType.Float32), Picture, 5).Classes);
    }

    /// <summary>Five scores of a picture, cast to a type.</summary>
    private string Network(ElementType scores)
    {
        var m = new ModelBuilder("others");
        Value flat = m.Add(new Reshape(), m.Input("pixels", ElementType.Float32, 1, 1, 4, 4), m.Constant(TensorData.Longs(1, 16)));
        Value y = m.Linear(flat, 16, 5, "head");
        if (scores != ElementType.Float32) y = m.Add(new Cast { To = scores }, y);
        string file = Path.Combine(folder, $"{scores}.onnx");
        OnnxWriter.Write(m.Build(y), file, state => TensorData.Floats(state.Type.Shape, new float[state.Type.Elements]));
        return file;
    }
}
