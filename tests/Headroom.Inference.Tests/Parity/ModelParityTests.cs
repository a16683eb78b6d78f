using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Onnx;

namespace Headroom.Inference.Tests.Parity;

public sealed class ModelParityTests
{
    private static readonly TransformerOptions Small = new() { Vocabulary = 13, Length = 7, Width = 12, Layers = 2, Heads = 3, Dropout = 0.1 };

    private static Model Build(string name) => name switch
    {
        "mlp" => Mlp.Build(new MlpOptions { Inputs = 5, Hidden = [9, 7], Classes = 4, Dropout = 0.2, Mean = [.. Enumerable.Repeat(0.3f, 5)], Deviation = [.. Enumerable.Repeat(1.5f, 5)], Categories = [new CategoricalColumn("a", 5, 3), new CategoricalColumn("b", 9, 2)] }),
        "resnet" => ResNet.Build(new ResNetOptions { Channels = 3, Height = 12, Width = 10, Stages = [4, 6], Blocks = 1, Classes = 5, Mean = [0.5f, 0.4f, 0.3f], Deviation = [0.25f, 0.2f, 0.3f] }),
        "encoder" => Transformer.Encoder(Small with { Padding = 0 }, 5),
        _ => Transformer.Decoder(Small),
    };

    public static TheoryData<string, int> Exports()
    {
        var data = new TheoryData<string, int>();
        foreach (string m in new[] { "mlp", "resnet", "encoder", "decoder" }) foreach (int opset in new[] { 14, 21, 23 }) data.Add(m, opset);
        return data;
    }

    private static Dictionary<string, TensorData> Feed(Model model, long batch) => model.Inputs.ToDictionary(i => i.Value.Name, i =>
    {
        TensorType t = i.Resolve(new Dictionary<string, long> { ["batch"] = batch });
        return t.Element.IsFloat() ? Feeds.Normal(i.Value.Name, t) : Feeds.Integers(i.Value.Name, t, 0, 5);
    });

    [Theory]
    [MemberData(nameof(Exports))]
    public void One_file_gives_our_result_at_every_batch_size(string name, int opset)
    {
        Model model = Build(name);
        byte[] file = Both.Export(model, opset);
        Model back = OnnxReader.Read(file, "m.onnx");
        using OnnxSession session = OnnxSession.Load(file, "m.onnx", new OnnxSessionOptions { Threads = 1 });
        Assert.All(session.Inputs, i => Assert.Equal("batch", i.Dimensions[0].Name));
        Assert.All(session.Outputs, o => Assert.Equal("batch", o.Dimensions[0].Name));
        Assert.All(session.Outputs.SelectMany(o => o.Dimensions.Skip(1)), d => Assert.Null(d.Name));
        foreach (long batch in new long[] { 1, 3, 7 })
        {
            Dictionary<string, TensorData> inputs = Feed(model, batch);
            IReadOnlyDictionary<string, TensorData> theirs = session.Run(inputs);
            var bindings = new Dictionary<string, long> { ["batch"] = batch };
            Both.AssertClose(theirs, Both.Ours(model, inputs, bindings), $"batch {batch}");
            Both.AssertClose(theirs, Both.Ours(back, inputs, bindings), $"batch {batch} of the file read back");
        }
    }
}
