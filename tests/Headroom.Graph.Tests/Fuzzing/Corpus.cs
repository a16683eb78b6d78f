using Headroom.Graph.Models;
using Headroom.Graph.Onnx;
using Headroom.Graph.Tests.OnnxFiles;
using static Headroom.Graph.Tests.OnnxFiles.Message;

namespace Headroom.Graph.Tests.Fuzzing;

/// <summary>Small good files to begin with: networks that our writer wrote, and by hand what it doesn't write: old opsets, and every operator on its own.</summary>
internal static class Corpus
{
    public static List<(string Name, byte[] File)> Made()
    {
        var small = new TransformerOptions { Vocabulary = 5, Length = 3, Width = 4, Layers = 1, Heads = 2, Padding = 0 };
        var files = new List<(string, byte[])>();
        void Add(string name, Model model, int opset) => files.Add(($"{name}-{opset}", OnnxWriter.ToBytes(model, s => TensorData.Fill(s.Type.Element, s.Type.Shape, 0.5), new OnnxWriteOptions { Opset = opset })));
        foreach (int opset in new[] { 13, 21, 24 })
        {
            Add("mlp", Mlp.Build(new MlpOptions { Inputs = 3, Hidden = [4], Classes = 2, Categories = [new CategoricalColumn("c", 5, 2)] }), opset);
            Add("resnet", ResNet.Build(new ResNetOptions { Channels = 1, Height = 8, Width = 8, Stages = [2], Blocks = 1, Classes = 3, Mean = [0.5f], Deviation = [0.25f] }), opset);
            Add("encoder", Transformer.Encoder(small, 3), opset);
            if (opset > 13) Add("decoder", Transformer.Decoder(small), opset);
        }
        files.AddRange(Old());
        return files;
    }

    /// <summary>One file for each operator that can be read, with as many inputs as it may have; not all of them are good.</summary>
    public static IEnumerable<(string Name, byte[] File)> Operators()
    {
        foreach (string op in OnnxOperators.Names)
        {
            for (int inputs = 1; inputs <= 3; inputs++)
            {
                string[] names = [.. Enumerable.Range(0, inputs).Select(i => i == 0 ? "x" : "k" + i)];
                Message graph = new Message().Inner(1, Node("n", op, names, ["y"])).Text(2, "g").Inner(11, Message.Value("x", 2, 3)).Inner(12, Typed("y"));
                for (int i = 1; i < inputs; i++) graph.Inner(5, i == 1 ? Longs("k1", 1, 2) : Floats("k2", [2], 1, 2));
                yield return ($"{op}-{inputs}", FileOf(graph));
            }
        }
    }

    private static IEnumerable<(string, byte[])> Old()
    {
        yield return ("old-7", FileOf(GraphOf(
            Node("c", "Clip", ["x"], ["a"], Attribute("min", -1f), Attribute("max", 1f)),
            Node("d", "Dropout", ["a"], ["b", "mask"], Attribute("ratio", 0.2f)),
            Node("n", "BatchNormalization", ["b", "s", "s", "s", "s"], ["e"], Attribute("spatial", 1)),
            Node("q", "Slice", ["e"], ["f"], Attribute("starts", [0L]), Attribute("ends", [9L]), Attribute("axes", [0L])),
            Node("u", "Unsqueeze", ["f"], ["g"], Attribute("axes", [0L])),
            Node("w", "Squeeze", ["g"], ["h"], Attribute("axes", [0L])),
            Node("p", "Split", ["h"], ["i", "j"], Attribute("axis", 1), Attribute("split", 1L, 2)),
            Node("o", "Concat", ["i", "j"], ["k"], Attribute("axis", 1)),
            Node("r", "ReduceSum", ["k"], ["l"], Attribute("axes", [0L])),
            Node("m", "ReduceMean", ["l"], ["t"], Attribute("axes", [0L])),
            Node("y", "Softmax", ["t"], ["y"])).Inner(5, Floats("s", [3], 1, 2, 3)), 7));
        yield return ("shapes-9", FileOf(GraphOf(
            Node("s", "Shape", ["x"], ["a"]),
            Node("g", "Gather", ["a", "one"], ["b"], Attribute("axis", 0)),
            Node("u", "Unsqueeze", ["b"], ["c"], Attribute("axes", [0L])),
            Node("k", "Constant", [], ["d"], new Message().Text(1, "value").Inner(5, Longs("", -1)).Int(20, 4)),
            Node("o", "Concat", ["d", "c"], ["e"], Attribute("axis", 0)),
            Node("y", "Reshape", ["x", "e"], ["y"])).Inner(5, Tensor("one", 7, []).Int(7, 1)).Inner(13, Typed("a", 7)), 9));
        yield return ("external", FileOf(GraphOf(Node("a", "Add", ["x", "w"], ["y"]))
            .Inner(5, Tensor("w", 1, [3]).Inner(13, new Message().Text(1, "location").Text(2, "w.bin")).Int(14, 1))));
        yield return ("typed", FileOf(GraphOf(Node("a", "Add", ["x", "w"], ["b"]), Node("c", "Cast", ["i"], ["j"], Attribute("to", 1)), Node("m", "Mul", ["b", "j"], ["y"]))
            .Inner(5, Tensor("w", 1, [3]).Float(4, 1).Float(4, 2).Float(4, 3)).Inner(5, Tensor("i", 6, [3]).Bytes(5, 1, 2, 3))));
    }
}
