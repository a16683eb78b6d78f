using Headroom.Graph;
using Headroom.Graph.Onnx;
using Headroom.Graph.Tests.Models;

namespace Headroom.Inference.Tests.Parity;

public sealed class FamilyParityTests
{
    public static TheoryData<string, int> Exports()
    {
        var data = new TheoryData<string, int>();
        foreach (string name in TinyFamilies.All.Keys) foreach (int opset in new[] { 17, 21, 23 }) data.Add(name, opset);
        return data;
    }

    private static Dictionary<string, TensorData> Feed(Model model, long batch) => model.Inputs.ToDictionary(i => i.Value.Name, i =>
    {
        TensorType t = i.Resolve(new Dictionary<string, long> { ["batch"] = batch });
        if (t.Element.IsFloat()) return Feeds.Normal(i.Value.Name, t);
        return i.Value.Name == "tokens" ? Tokens(t) : Feeds.Integers(i.Value.Name, t, 0, 2);
    });

    /// <summary>Rows of 1 token, then of 2, and so on, with padding behind them.</summary>
    private static TensorData Tokens(TensorType type)
    {
        TensorData random = Feeds.Integers("tokens", type, 1, (int)TinyFamilies.Vocabulary);
        long length = type.Shape[1];
        return TensorData.Of<long>(ElementType.Int64, type.Shape, [.. random.As<long>().ToArray().Select((t, i) => i % length <= i / length ? t : 0)]);
    }

    [Theory]
    [MemberData(nameof(Exports))]
    public void An_exported_family_gives_our_result_at_every_batch_size(string name, int opset)
    {
        Model model = TinyFamilies.All[name]();
        byte[] file = Both.Export(model, opset);
        Model back = OnnxReader.Read(file, "m.onnx");
        using OnnxSession session = OnnxSession.Load(file, "m.onnx", new OnnxSessionOptions { Threads = 1 });
        Assert.All(session.Outputs, o => Assert.Equal("batch", o.Dimensions[0].Name));
        Assert.All(session.Outputs.SelectMany(o => o.Dimensions.Skip(1)), d => Assert.Null(d.Name));
        foreach (long batch in new long[] { 1, 5 })
        {
            Dictionary<string, TensorData> inputs = Feed(model, batch);
            IReadOnlyDictionary<string, TensorData> theirs = session.Run(inputs);
            var bindings = new Dictionary<string, long> { ["batch"] = batch };
            Both.AssertClose(theirs, Both.Ours(model, inputs, bindings), $"batch {batch}");
            Both.AssertClose(theirs, Both.Ours(back, inputs, bindings), $"batch {batch} of the file read back");
        }
    }
}
