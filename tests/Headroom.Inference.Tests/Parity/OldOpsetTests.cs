using Headroom.Graph;
using Headroom.Graph.Onnx;
using Headroom.Graph.Tests.OnnxFiles;
using static Headroom.Graph.Tests.OnnxFiles.Message;

namespace Headroom.Inference.Tests.Parity;

/// <summary>Files of old opsets give here what they give under ONNX Runtime, which reads them as they are; and again when they have been written in a newer opset.</summary>
public sealed class OldOpsetTests
{
    private static readonly Dictionary<string, OldFile> Files = new[]
    {
        new OldFile("Softmax default", 7, [2, 3, 4], Node("n", "Softmax", ["x"], ["y"])),
        new OldFile("Softmax first", 11, [2, 3, 4], Node("n", "Softmax", ["x"], ["y"], Attribute("axis", 0))),
        new OldFile("Softmax negative", 12, [2, 3, 4], Node("n", "Softmax", ["x"], ["y"], Attribute("axis", -2))),
        new OldFile("Softmax last", 12, [2, 3, 4], Node("n", "Softmax", ["x"], ["y"], Attribute("axis", -1))),
        new OldFile("LogSoftmax default", 9, [2, 3, 4], Node("n", "LogSoftmax", ["x"], ["y"])),
        new OldFile("Hardmax default", 8, [2, 3, 4], Node("n", "Hardmax", ["x"], ["y"])),
        new OldFile("Squeeze axes", 8, [1, 3, 1], Node("n", "Squeeze", ["x"], ["y"], Attribute("axes", [0L]))),
        new OldFile("Squeeze all", 12, [1, 3, 1], Node("n", "Squeeze", ["x"], ["y"])),
        new OldFile("Unsqueeze axes", 11, [2, 3], Node("n", "Unsqueeze", ["x"], ["y"], Attribute("axes", [0L, -1]))),
        new OldFile("ReduceSum axes", 7, [2, 3, 4], Node("n", "ReduceSum", ["x"], ["y"], Attribute("axes", [0L, 2]), Attribute("keepdims", 0))),
        new OldFile("ReduceSum all", 12, [2, 3, 4], Node("n", "ReduceSum", ["x"], ["y"])),
        new OldFile("ReduceMean axes", 8, [2, 3, 4], Node("n", "ReduceMean", ["x"], ["y"], Attribute("axes", [1L]))),
        new OldFile("Clip both", 7, [2, 9], Node("n", "Clip", ["x"], ["y"], Attribute("min", -0.5f), Attribute("max", 0.25f))),
        new OldFile("Clip low", 10, [2, 9], Node("n", "Clip", ["x"], ["y"], Attribute("min", 0f))),
        new OldFile("Clip none", 10, [2, 9], Node("n", "Clip", ["x"], ["y"])),
        new OldFile("Dropout ratio", 10, [2, 9], Node("n", "Dropout", ["x"], ["y", "mask"], Attribute("ratio", 0.3f))),
        new OldFile("Dropout mask", 12, [2, 9], Node("n", "Dropout", ["x"], ["y", "mask"])),
        new OldFile("Dropout inputs", 12, [2, 9], Node("n", "Dropout", ["x", "r"], ["y"])) { Tensors = [Floats("r", [], 0.4f)] },
        new OldFile("BatchNormalization spatial", 7, [2, 3, 4], Node("n", "BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], Attribute("spatial", 1))) { Tensors = Channels([3]) },
        new OldFile("BatchNormalization elements", 7, [2, 3, 4, 1], Node("n", "BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], Attribute("spatial", 0))) { Tensors = Channels([3, 4, 1]) },
        new OldFile("Upsample attribute", 7, [1, 2, 3, 4], Node("n", "Upsample", ["x"], ["y"], Attribute("scales", 1f, 1, 2, 3), Attribute("mode", "nearest"))),
        new OldFile("Upsample fraction", 9, [1, 2, 3, 4], Node("n", "Upsample", ["x", "s"], ["y"], Attribute("mode", "nearest"))) { Tensors = [Floats("s", [4], 1, 1, 1.5f, 2.6f)] },
        new OldFile("Upsample linear", 9, [1, 2, 3, 4], Node("n", "Upsample", ["x", "s"], ["y"], Attribute("mode", "linear"))) { Tensors = [Floats("s", [4], 1, 1, 2, 3)] },
        new OldFile("Resize grows", 10, [1, 2, 3, 4], Node("n", "Resize", ["x", "s"], ["y"])) { Tensors = [Floats("s", [4], 1, 1, 2, 1.7f)] },
        new OldFile("Resize shrinks", 10, [1, 2, 5, 7], Node("n", "Resize", ["x", "s"], ["y"])) { Tensors = [Floats("s", [4], 1, 1, 0.6f, 0.6f)] },
        new OldFile("Resize both ways", 10, [1, 2, 5, 4], Node("n", "Resize", ["x", "s"], ["y"])) { Tensors = [Floats("s", [4], 1, 1, 0.6f, 2)] },
        new OldFile("Resize linear", 10, [1, 2, 5, 4], Node("n", "Resize", ["x", "s"], ["y"], Attribute("mode", "linear"))) { Tensors = [Floats("s", [4], 1, 1, 0.6f, 2)] },
        new OldFile("Resize sizes", 11, [1, 2, 3, 4], Node("n", "Resize", ["x", "none", "none", "z"], ["y"])) { Tensors = [Floats("none", [0]), Longs("z", 1, 2, 5, 6)] },
        new OldFile("Resize nearest pixels down", 11, [1, 1, 5, 4], Node("n", "Resize", ["x", "none", "none", "z"], ["y"], Attribute("coordinate_transformation_mode", "tf_half_pixel_for_nn"), Attribute("nearest_mode", "floor"))) { Tensors = [Floats("none", [0]), Longs("z", 1, 1, 8, 3)] },
        new OldFile("Resize nearest pixels", 12, [1, 1, 5, 4], Node("n", "Resize", ["x", "none", "none", "z"], ["y"], Attribute("coordinate_transformation_mode", "tf_half_pixel_for_nn"), Attribute("nearest_mode", "round_prefer_floor"))) { Tensors = [Floats("none", [0]), Longs("z", 1, 1, 3, 9)] },
        new OldFile("Pad constant", 7, [2, 3], Node("n", "Pad", ["x"], ["y"], Attribute("pads", 1L, 0, 0, 2), Attribute("value", 1.5f))),
        new OldFile("Pad edge", 10, [2, 3], Node("n", "Pad", ["x"], ["y"], Attribute("pads", 1L, 0, 0, 2), Attribute("mode", "edge"))),
        new OldFile("Slice axes", 9, [4, 5], Node("n", "Slice", ["x"], ["y"], Attribute("starts", 1L, -3), Attribute("ends", 9L, -1), Attribute("axes", 0L, 1))),
        new OldFile("Slice first", 7, [4, 5], Node("n", "Slice", ["x"], ["y"], Attribute("starts", [1L]), Attribute("ends", [3L]))),
        new OldFile("TopK attribute", 9, [3, 7], Node("n", "TopK", ["x"], ["y", "i"], Attribute("k", 3))),
        new OldFile("TopK input", 10, [3, 7], Node("n", "TopK", ["x", "k"], ["y", "i"], Attribute("axis", 0))) { Tensors = [Longs("k", 2)] },
        new OldFile("Split sizes", 7, [2, 6], Node("n", "Split", ["x"], ["y", "z"], Attribute("axis", 1), Attribute("split", 2L, 4))),
        new OldFile("Split equal", 12, [2, 6], Node("n", "Split", ["x"], ["y", "z"], Attribute("axis", 1))),
        new OldFile("Scatter", 9, [3, 4], Node("n", "Scatter", ["x", "i", "u"], ["y"], Attribute("axis", 1))) { Tensors = [Tensor("i", 7, [1, 2]).Int(7, 1).Int(7, 3), Floats("u", [1, 2], 7, 8)] },
        new OldFile("OneHot", 9, [2, 3], Node("c", "Cast", ["x"], ["i"], Attribute("to", 7)), Node("n", "OneHot", ["i", "d", "v"], ["y"])) { Tensors = [Longs("d", 2), Floats("v", [2], 0, 1)], OnlyNonNegative = true },
        new OldFile("MaxPool", 8, [1, 2, 5, 5], Node("n", "MaxPool", ["x"], ["y"], Attribute("kernel_shape", 3L, 3), Attribute("strides", 2L, 2), Attribute("pads", 1L, 1, 1, 1))),
        new OldFile("AveragePool", 7, [1, 2, 5, 5], Node("n", "AveragePool", ["x"], ["y"], Attribute("kernel_shape", 3L, 3), Attribute("auto_pad", "SAME_UPPER"))),
        new OldFile("Gemm", 7, [3, 4], Node("n", "Gemm", ["x", "w", "c"], ["y"], Attribute("transB", 1))) { Tensors = [Floats("w", [2, 4], 1, 2, 3, 4, 5, 6, 7, 8), Floats("c", [2], 1, -1)] },
        new OldFile("GroupNormalization", 18, [2, 6, 3], Node("n", "GroupNormalization", ["x", "s", "b"], ["y"], Attribute("num_groups", 2))) { Tensors = [Floats("s", [2], 0.5f, 2), Floats("b", [2], 1, -1)] },
    }.ToDictionary(f => f.Name);

    public static TheoryData<string> Names() => [.. Files.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Onnx_runtime_gives_our_result(string name)
    {
        OldFile file = Files[name];
        byte[] bytes = file.Bytes();
        var feeds = new Dictionary<string, TensorData> { ["x"] = file.Feed() };
        IReadOnlyDictionary<string, TensorData> theirs = Both.OnnxRuntime(bytes, feeds);
        Model model = OnnxReader.Read(bytes, "old.onnx");
        Both.AssertClose(theirs, Both.Ours(model, feeds), "the old file");
        foreach (int opset in new[] { 18, 21 })
        {
            byte[] again = OnnxWriter.ToBytes(model, options: new OnnxWriteOptions { Opset = opset });
            Both.AssertClose(theirs, Both.OnnxRuntime(again, feeds), $"the file written in opset {opset}");
        }
    }

    private static Message[] Channels(long[] dims)
    {
        float[] From(float start) => [.. Enumerable.Range(0, (int)dims.Aggregate(1L, (a, b) => a * b)).Select(i => start + (0.1f * i))];
        return [Floats("s", dims, From(1)), Floats("b", dims, From(-1)), Floats("m", dims, From(0.2f)), Floats("v", dims, From(0.5f))];
    }

    private sealed record OldFile(string Name, int Opset, long[] Shape, params Message[] Nodes)
    {
        public Message[] Tensors { get; init; } = [];

        /// <summary>ONNX Runtime counts a negative index from the end in every opset, against the specification of the old ones.</summary>
        public bool OnlyNonNegative { get; init; }

        public TensorData Feed()
        {
            var type = new TensorType(ElementType.Float32, Shape);
            return OnlyNonNegative ? Feeds.Uniform(Name, type, 0, 3.9) : Feeds.Normal(Name, type);
        }

        public byte[] Bytes()
        {
            var graph = new Message();
            foreach (Message n in Nodes) graph.Inner(1, n);
            graph.Text(2, "old").Inner(11, Message.Value("x", Shape));
            foreach (Message t in Tensors) graph.Inner(5, t);
            graph.Inner(12, Typed("y"));
            foreach ((string op, string output, int type) in new[] { ("Dropout mask", "mask", 9), ("TopK attribute", "i", 7), ("TopK input", "i", 7), ("Split sizes", "z", 1), ("Split equal", "z", 1) })
                if (Name == op) graph.Inner(12, Typed(output, type));
            return FileOf(graph, Opset);
        }
    }
}
