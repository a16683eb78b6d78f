using Headroom.Evidence;
using Headroom.Graph.Onnx;
using Headroom.Graph.Passes;
using static Headroom.Graph.Tests.OnnxFiles.Message;

namespace Headroom.Graph.Tests.OnnxFiles;

public sealed class ReaderTests
{
    private static string Refusal(Message graph, long opset = 21) => Assert.Throws<InputException>(() => OnnxReader.Read(FileOf(graph, opset), "m.onnx")).Message;

    [Fact]
    public void Unsupported_operators_are_all_named_with_their_nodes()
    {
        Message other = Node("c", "FusedThing", ["b"], ["y"]).Text(7, "com.microsoft");
        string message = Refusal(GraphOf(Node("n1", "Quux", ["x"], ["a"]), Node("n2", "Quux", ["a"], ["b"]), other));
        Assert.Contains("m.onnx: 2 operators that Headroom doesn't have", message);
        Assert.Contains("Quux: nodes 'n1', 'n2'", message);
        Assert.Contains("com.microsoft.FusedThing: node 'c'", message);
    }

    [Fact]
    public void An_operator_newer_than_the_file_is_named_with_its_opset()
        => Assert.Contains("Gelu (exists since opset 20, the file has 17): node 'g'", Refusal(GraphOf(Node("g", "Gelu", ["x"], ["y"])), 17));

    [Theory]
    [InlineData("NonZero", "the shape of its result depends on the data")]
    [InlineData("NonMaxSuppression", "the shape of its result depends on the data")]
    [InlineData("Loop", "it runs a graph of its own")]
    [InlineData("SequenceAt", "it works on sequences, and only tensors are supported")]
    [InlineData("StringNormalizer", "it works on text, and only numbers are supported")]
    public void Operators_that_no_plan_can_hold_are_refused_with_the_reason(string op, string reason)
    {
        string message = Refusal(GraphOf(Node("n1", op, ["x"], ["a"], new Message().Text(1, "body").Inner(6, new Message()).Int(20, 5)), Node("n2", op, ["a"], ["y"])));
        Assert.Contains($"{op} ({reason}", message);
        Assert.Contains("nodes 'n1', 'n2'", message);
    }

    [Fact]
    public void An_operator_that_went_is_named_with_its_last_opset()
        => Assert.Contains("Upsample (exists up to opset 9, the file has 13): node 'u'", Refusal(GraphOf(Node("u", "Upsample", ["x"], ["y"])), 13));

    [Fact]
    public void An_old_opset_is_refused_with_the_way_out()
    {
        string message = Refusal(GraphOf(Node("r", "Relu", ["x"], ["y"])), 6);
        Assert.Contains("m.onnx: it is of opset 6", message);
        Assert.Contains("7 to 28 are read", message);
        Assert.Contains("version converter", message);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    public void Unknown_versions_of_the_format_are_refused(long ir)
    {
        byte[] file = new Message().Int(1, ir).Inner(7, GraphOf(Node("r", "Relu", ["x"], ["y"]))).Inner(8, new Message().Text(1, "").Int(2, 21)).ToArray();
        Assert.Contains($"IR version {ir}; 3 to 14 are read", Assert.Throws<InputException>(() => OnnxReader.Read(file, "m.onnx")).Message);
    }

    [Theory]
    [InlineData(4, "uint16")]
    [InlineData(8, "string")]
    [InlineData(13, "uint64")]
    [InlineData(14, "complex64")]
    [InlineData(19, "float8e5m2")]
    [InlineData(22, "int4")]
    public void Types_that_no_tensor_has_are_refused_by_name(int code, string name)
    {
        Message input = new Message().Inner(1, Node("r", "Relu", ["x"], ["y"])).Text(2, "g").Inner(11, Message.Value("x", code, [2])).Inner(12, Typed("y"));
        Assert.Contains($"input 'x' is of type {name}, which is not supported", Refusal(input));
        Message weight = GraphOf(Node("a", "Add", ["x", "w"], ["y"])).Inner(5, Tensor("w", code, [1]).Bytes(9, 0));
        Assert.Contains($"initializer 'w' is of type {name}, which is not supported", Refusal(weight));
        Message constant = GraphOf(Node("c", "Constant", [], ["w"], new Message().Text(1, "value").Inner(5, Tensor("", code, [1]).Bytes(9, 0)).Int(20, 4)), Node("a", "Add", ["x", "w"], ["y"]));
        Assert.Contains($"node 'c' (Constant): attribute 'value' is a tensor that is of type {name}", Refusal(constant));
    }

    [Theory]
    [InlineData(4, "a sequence")]
    [InlineData(5, "a map")]
    [InlineData(9, "an optional")]
    public void Inputs_that_are_no_tensors_are_refused_by_name(int field, string what)
    {
        Message graph = new Message().Inner(1, Node("r", "Relu", ["x"], ["y"])).Text(2, "g").Inner(11, new Message().Text(1, "x").Inner(2, new Message().Inner(field, new Message()))).Inner(12, Typed("y"));
        Assert.Contains($"input 'x' is {what}, which is not supported", Refusal(graph));
    }

    [Fact]
    public void A_shape_fault_names_file_node_operator_and_input()
    {
        Model model = OnnxReader.Read(FileOf(GraphOf(Node("conv1", "Conv", ["x", "w"], ["y"])).Inner(5, Floats("w", [1, 1, 1], 1))), "model.onnx");
        string message = Assert.Throws<GraphException>(() => Specialize.Run(model, 1)).Message;
        Assert.StartsWith("model.onnx: node 'conv1' (Conv): ", message);
        Assert.Contains("X 'x' is fp32[2, 3]", message);
        Model two = OnnxReader.Read(FileOf(GraphOf(Node("add", "Add", ["x"], ["y"]))), "model.onnx");
        Assert.Contains("model.onnx: node 'add' (Add): input 'B' is missing", Assert.Throws<GraphException>(() => Specialize.Run(two, 1)).Message);
    }

    [Fact]
    public void A_float_initializer_that_a_shape_follows_from_is_a_constant()
    {
        Message graph = GraphOf(Node("c", "Cast", ["s"], ["i"], Attribute("to", 7)), Node("r", "Reshape", ["h", "i"], ["y"]), Node("m", "Mul", ["x", "w"], ["h"]))
            .Inner(5, Floats("s", [2], 3, 2)).Inner(5, Floats("w", [3], 1, 1, 1));
        Model model = OnnxReader.Read(FileOf(graph), "m.onnx");
        Assert.Equal(["w"], model.States.Select(s => s.Value.Name));
        Assert.Equal(new Shape(3, 2), Specialize.Run(model, 1).Type(new Graph.Value("y")).Shape);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(29)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void Opsets_outside_the_known_are_refused(long opset) => Assert.Contains($"opset {opset}", Refusal(GraphOf(Node("r", "Relu", ["x"], ["y"])), opset));

    [Fact]
    public void Nodes_out_of_order_are_sorted()
    {
        Model m = OnnxReader.Read(FileOf(GraphOf(Node("last", "Relu", ["b"], ["y"]), Node("mid", "Neg", ["a"], ["b"]), Node("first", "Exp", ["x"], ["a"]))), "m.onnx");
        Assert.Equal(["first", "mid", "last"], m.Nodes.Select(n => n.Name));
    }

    [Fact]
    public void A_cycle_is_refused_and_shown()
    {
        string message = Refusal(GraphOf(Node("in", "Relu", ["x"], ["h"]), Node("p", "Add", ["h", "b"], ["a"]), Node("q", "Neg", ["a"], ["b"]), Node("out", "Exp", ["b"], ["y"])));
        Assert.Contains("waits for its own result", message);
        Assert.Contains("'p' → 'q'", message + " → 'p' → 'q'");
        Assert.Matches("node '(p|q)'", message);
    }

    [Fact]
    public void A_value_that_two_nodes_make_is_refused()
        => Assert.Contains("two values are called 'y'; the second is node 'b' (Neg)", Refusal(GraphOf(Node("a", "Relu", ["x"], ["y"]), Node("b", "Neg", ["x"], ["y"]))));

    [Fact]
    public void A_value_that_nothing_makes_is_refused()
        => Assert.Contains("m.onnx: node 'a' (Relu): reads 'ghost', which nothing makes", Refusal(GraphOf(Node("a", "Relu", ["ghost"], ["y"]))));

    [Fact]
    public void An_attribute_of_another_kind_is_refused_by_node()
        => Assert.StartsWith("m.onnx: node 's' (Softmax): attribute 'axis' is a list of integers, an integer is needed", Refusal(GraphOf(Node("s", "Softmax", ["x"], ["y"], Attribute("axis", [1L])))));

    [Fact]
    public void An_attribute_that_would_be_ignored_is_refused()
        => Assert.Contains("attribute 'alpha' is not supported here", Refusal(GraphOf(Node("r", "Relu", ["x"], ["y"], Attribute("alpha", [1L])))));

    [Fact]
    public void A_subgraph_is_refused_by_node()
        => Assert.Contains("node 'r' (Relu): attribute 'body' is a subgraph", Refusal(GraphOf(Node("r", "Relu", ["x"], ["y"], new Message().Text(1, "body").Inner(6, new Message()).Int(20, 5)))));

    [Fact]
    public void An_extent_that_the_file_leaves_open_gets_a_name()
    {
        Message graph = new Message().Inner(1, Node("r", "Relu", ["x"], ["y"])).Text(2, "g").Inner(11, Value("x", -1, 3)).Inner(12, Value("y", -1, 3));
        Assert.Equal("x: fp32[x.0, 3]", OnnxReader.Read(FileOf(graph), "m.onnx").Inputs[0].ToString());
    }

    [Fact]
    public void An_initializer_that_is_listed_as_an_input_too_needs_no_feeding()
    {
        Message graph = GraphOf(Node("a", "Add", ["x", "w"], ["y"])).Inner(11, Value("w", 3)).Inner(5, Tensor("w", 1, [3]).Bytes(9, new byte[12]));
        Model m = OnnxReader.Read(FileOf(graph), "m.onnx");
        Assert.Equal(["x"], m.Inputs.Select(i => i.Value.Name));
        Assert.Equal(["w"], m.States.Select(s => s.Value.Name));
    }

    [Theory]
    [InlineData(ElementType.Bool)]
    [InlineData(ElementType.Int8)]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.Int32)]
    [InlineData(ElementType.Int64)]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.BFloat16)]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    public void Typed_data_fields_hold_what_raw_bytes_do(ElementType type)
    {
        int code = type switch { ElementType.Float32 => 1, ElementType.UInt8 => 2, ElementType.Int8 => 3, ElementType.Int32 => 6, ElementType.Int64 => 7, ElementType.Bool => 9, ElementType.Float16 => 10, ElementType.Float64 => 11, _ => 16 };
        TensorData one = TensorData.Fill(type, new Shape(2), 1);
        Message t = Tensor("", code, [2]);
        if (type == ElementType.Float32) t.Float(4, 1).Float(4, 1);
        else if (type == ElementType.Float64) t.Bytes(10, one.Bytes.ToArray());
        else if (type == ElementType.Int64) t.Bytes(7, 1, 1);
        else for (int i = 0; i < 2; i++) t.Int(5, type switch { ElementType.Float16 => 0x3C00, ElementType.BFloat16 => 0x3F80, _ => 1 });
        Message graph = GraphOf(Node("c", "Constant", [], ["k"], new Message().Text(1, "value").Inner(5, t).Int(20, 4)), Node("r", "Relu", ["x"], ["y"]));
        TensorData read = OnnxReader.Read(FileOf(graph), "m.onnx").Constants[new Graph.Value("k")];
        Assert.Equal(one.Type, read.Type);
        Assert.Equal(one.Bytes, read.Bytes);
    }

    [Fact]
    public void Errors_of_files_name_the_file()
    {
        using var scratch = new Scratch();
        Assert.Contains("there is no such file", Assert.Throws<InputException>(() => OnnxReader.Read(scratch.File("no.onnx"))).Message);
        Assert.Contains("this is a folder", Assert.Throws<InputException>(() => OnnxReader.Read(scratch.Folder)).Message);
        File.WriteAllText(scratch.File("empty.onnx"), "");
        Assert.StartsWith("empty.onnx: it is empty", Assert.Throws<InputException>(() => OnnxReader.Read(scratch.File("empty.onnx"))).Message);
        File.WriteAllText(scratch.File("text.onnx"), "this is no model");
        Assert.StartsWith("text.onnx: this is not a whole ONNX model", Assert.Throws<InputException>(() => OnnxReader.Read(scratch.File("text.onnx"))).Message);
    }
}
