using Headroom.Evidence;
using Headroom.Graph.Models;
using Headroom.Graph.Onnx;
using Headroom.Graph.Operators;
using Headroom.Graph.Optimization;
using Headroom.Graph.Passes;

namespace Headroom.Graph.Tests.OnnxFiles;

public sealed class RoundTripTests
{
    /// <summary>Any values will do: the state's name decides them.</summary>
    private static TensorData Value(State s)
    {
        var random = new Random(s.Value.Name.Length + (int)s.Type.Elements);
        var values = new float[s.Type.Elements];
        for (int i = 0; i < values.Length; i++) values[i] = random.NextSingle() + 0.5f;
        return TensorData.Floats(s.Type.Shape, values);
    }

    private static Model Small() => ResNet.Build(new ResNetOptions
    {
        Channels = 1, Height = 8, Width = 8, Stages = [4, 6], Blocks = 1, Classes = 3, Mean = [0.5f], Deviation = [0.25f],
    }) with { Metadata = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("classes", "a,b,ü") };

    public static TheoryData<string, int> Models()
    {
        var data = new TheoryData<string, int>();
        foreach (string name in new[] { "mlp", "resnet", "encoder" }) foreach (int opset in new[] { 13, 17, 21, 23 }) data.Add(name, opset);
        data.Add("decoder", 14);
        data.Add("decoder", 21);
        data.Add("decoder", 23);
        return data;
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_written_model_reads_back_with_its_inputs_states_and_shapes(string name, int opset)
    {
        var small = new TransformerOptions { Vocabulary = 11, Length = 5, Width = 8, Layers = 1, Heads = 2, Padding = 0 };
        Model model = name switch
        {
            "mlp" => Mlp.Build(new MlpOptions { Inputs = 3, Hidden = [4], Classes = 2, Categories = [new CategoricalColumn("c", 5, 2)] }),
            "resnet" => Small(),
            "encoder" => Transformer.Encoder(small, 3),
            _ => Transformer.Decoder(small),
        };
        Model back = OnnxReader.Read(OnnxWriter.ToBytes(model, Value, new OnnxWriteOptions { Opset = opset }), "m.onnx");
        Assert.Equal(model.Name, back.Name);
        Assert.Equal(model.Outputs, back.Outputs);
        Assert.Equal(model.Inputs.Select(i => i.ToString()), back.Inputs.Select(i => i.ToString()));
        Assert.Equal(model.States.Select(s => (s.Value, s.Type, s.Kind, s.Trainable)), back.States.Select(s => (s.Value, s.Type, s.Kind, s.Trainable)));
        Assert.All(back.States, s => Assert.Equal(Value(s).Bytes, Assert.IsType<Initializer.Given>(s.Initializer).Data.Bytes));
        Assert.Equal(model.Metadata, back.Metadata);
        TypedGraph a = Specialize.Run(model, 3), b = Specialize.Run(back, 3);
        Assert.Equal(model.Outputs.Select(a.Type), back.Outputs.Select(b.Type));
        TrainingStep.Build(WithLoss(back), new Dictionary<string, long> { ["batch"] = 3 }, new TrainingStepOptions(new AdamWRule()));

        static Model WithLoss(Model m) => m.Name == "decoder" ? Objectives.NextToken(m, 5, 11) : Objectives.Classification(m);
    }

    [Fact]
    public void The_same_model_gives_the_same_bytes()
        => Assert.Equal(OnnxWriter.ToBytes(Small(), Value), OnnxWriter.ToBytes(Small(), Value));

    [Fact]
    public void Writing_what_was_read_gives_the_same_bytes()
    {
        byte[] once = OnnxWriter.ToBytes(Small(), Value);
        Assert.Equal(once, OnnxWriter.ToBytes(OnnxReader.Read(once, "m.onnx")));
    }

    [Fact]
    public void Constants_of_every_type_keep_their_bits()
    {
        var m = new ModelBuilder("types");
        var expected = new Dictionary<Value, TensorData>();
        List<Value> outputs = [];
        foreach (ElementType e in Enum.GetValues<ElementType>())
        {
            var bytes = new byte[6 * e.Size()];
            if (e == ElementType.Bool) for (int i = 0; i < 6; i++) bytes[i] = (byte)(i % 2);
            else new Random((int)e).NextBytes(bytes);
            var data = new TensorData(new TensorType(e, 2, 3), bytes);
            expected[m.Constant(data, e.ShortName())] = data;
            outputs.Add(m.Add(new Identity(), expected.Keys.Last()));
        }
        Model back = OnnxReader.Read(OnnxWriter.ToBytes(m.Build([.. outputs])), "m.onnx");
        Assert.Equal(expected.Count, back.Constants.Count);
        foreach ((Value v, TensorData data) in expected)
        {
            Assert.Equal(data.Type, back.Constants[v].Type);
            Assert.Equal(data.Bytes, back.Constants[v].Bytes);
        }
    }

    [Fact]
    public void Statistics_of_a_foreign_file_are_found_by_asking_its_operators()
    {
        Message Channel(string name) => Message.Tensor(name, 1, [3]).Bytes(9, new byte[12]);
        Message graph = Message.GraphOf(Message.Node("bn", "BatchNormalization", ["x", "s", "b", "m", "v"], ["h"]), Message.Node("g", "Mul", ["h", "k"], ["y"]));
        foreach (string n in new[] { "s", "b", "m", "v" }) graph.Inner(5, Channel(n));
        graph.Inner(5, Message.Tensor("k", 1, []).Float(4, 2));
        Model model = OnnxReader.Read(Message.FileOf(graph), "m.onnx");
        Assert.Equal([("s", StateKind.Weight, true), ("b", StateKind.Weight, true), ("m", StateKind.Statistic, false), ("v", StateKind.Statistic, false)],
            model.States.Select(s => (s.Value.Name, s.Kind, s.Trainable)));
        Assert.Equal([2f], model.Constants[new Value("k")].As<float>());
    }

    [Fact]
    public void A_training_step_never_leaves()
    {
        var m = new ModelBuilder("t");
        Model model = m.Build(m.AddNamed("y", new GeluGradient(), m.Input("a", ElementType.Float32, 3), m.Input("b", ElementType.Float32, 3)));
        var e = Assert.Throws<GraphException>(() => OnnxWriter.ToBytes(model));
        Assert.StartsWith("node 'y' (GeluGradient): is an operator of Headroom's own", e.Message);
    }

    private static Model Large()
    {
        var large = new ModelBuilder("large");
        Value sum = large.Weight("w0", Initializer.Zeros, 1 << 28);
        for (int i = 1; i < 3; i++) sum = large.Add(new Add(), sum, large.Weight($"w{i}", Initializer.Zeros, 1 << 28));
        return large.Build(sum);
    }

    [Fact]
    public void A_model_above_two_GiB_is_refused_as_one_stream_before_anything_is_written()
    {
        var stream = new MemoryStream();
        var e = Assert.Throws<GraphException>(() => OnnxWriter.Write(Large(), stream, _ => throw new InvalidOperationException("asked for a value")));
        Assert.Contains("2 GiB", e.Message);
        Assert.Contains("write it to a path", e.Message);
        Assert.Equal(0, stream.Length);
    }

    [Fact]
    public void Above_two_GiB_weights_go_into_a_second_file_and_a_failure_leaves_neither()
    {
        using var scratch = new Scratch();
        Assert.Throws<InvalidOperationException>(() => OnnxWriter.Write(Large(), scratch.File("m.onnx"), _ => throw new InvalidOperationException("no value")));
        Assert.Empty(Directory.GetFiles(scratch.Folder));
        var options = new OnnxWriteOptions { FileLimit = 5000 };
        OnnxWriter.Write(Wide(), scratch.File("m.onnx"), Value, options);
        Assert.Equal(["m.onnx", "m.onnx.data"], Directory.GetFiles(scratch.Folder).Select(Path.GetFileName).Order());
    }

    private static Model Wide() => Mlp.Build(new MlpOptions { Inputs = 40, Hidden = [50], Classes = 2 });

    [Fact]
    public void Weights_in_a_second_file_are_read_back()
    {
        using var scratch = new Scratch();
        OnnxWriter.Write(Wide(), scratch.File("m.onnx"), Value, new OnnxWriteOptions { ExternalData = true });
        Assert.True(new FileInfo(scratch.File("m.onnx")).Length < 8000);
        Model back = OnnxReader.Read(scratch.File("m.onnx")), inline = OnnxReader.Read(OnnxWriter.ToBytes(Wide(), Value), "m.onnx");
        Assert.Empty(GraphComparison.Differences(inline, back));
        Assert.Contains("write the model to a path", Assert.Throws<GraphException>(() => OnnxWriter.ToBytes(Wide(), Value, new OnnxWriteOptions { ExternalData = true })).Message);
        File.Delete(scratch.File("m.onnx.data"));
        Assert.Contains("there is no 'm.onnx.data' beside the model", Assert.Throws<InputException>(() => OnnxReader.Read(scratch.File("m.onnx"))).Message);
    }

    [Fact]
    public void A_failed_export_leaves_the_old_file()
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch.File("m.onnx"), "old");
        var e = Assert.Throws<GraphException>(() => OnnxWriter.Write(Small(), scratch.File("m.onnx"), s => s.Type.Rank == 1 ? TensorData.Floats(new Shape(7), new float[7]) : Value(s)));
        Assert.Contains("the value given for it is fp32[7]", e.Message);
        Assert.Equal(["m.onnx"], Directory.GetFiles(scratch.Folder).Select(Path.GetFileName));
        Assert.Equal("old", File.ReadAllText(scratch.File("m.onnx")));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(29)]
    public void Opsets_that_are_not_known_are_refused(int opset)
        => Assert.Contains("13 to 28", Assert.Throws<GraphException>(() => OnnxWriter.ToBytes(Small(), Value, new OnnxWriteOptions { Opset = opset })).Message);

    [Fact]
    public void A_state_without_a_value_is_named()
        => Assert.Contains("state 'stem.conv.weight'", Assert.Throws<GraphException>(() => OnnxWriter.ToBytes(Small())).Message);
}
