using Headroom.Evidence;
using Headroom.Graph;
using Headroom.Graph.Models;
using Headroom.Graph.Onnx;
using Headroom.Graph.Operators;
using Headroom.Inference.Tests.Parity;

namespace Headroom.Inference.Tests;

public sealed class OnnxSessionTests
{
    private static Model Model(params Dimension[] dims)
    {
        var m = new ModelBuilder("m");
        Value a = m.Input("a", ElementType.Float32, dims), b = m.Input("b", ElementType.Float32, dims);
        return m.Build(m.AddNamed("sum", new Add(), a, b), m.AddNamed("product", new Mul(), a, b)) with
        {
            Metadata = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("classes", "ä,b"),
        };
    }

    private static OnnxSession Load(Model m) => OnnxSession.Load(OnnxWriter.ToBytes(m), "m.onnx");

    private static readonly float[] Counting = [.. Enumerable.Range(0, 15).Select(i => (float)i)];

    [Fact]
    public void Inputs_outputs_and_metadata_are_the_files()
    {
        using OnnxSession s = Load(Model("batch", 3));
        Assert.Equal(["a: fp32[batch, 3]", "b: fp32[batch, 3]"], s.Inputs.Select(i => i.ToString()));
        Assert.Equal(["sum: fp32[batch, 3]", "product: fp32[batch, 3]"], s.Outputs.Select(i => i.ToString()));
        Assert.Equal("ä,b", s.Metadata["classes"]);
        Assert.Contains("CPUExecutionProvider", OnnxSession.AvailableProviders);
    }

    [Fact]
    public void Spans_go_in_and_out()
    {
        using OnnxSession s = Load(Model("batch", 3));
        s.WarmUp(2);
        var shape = new Shape(5, 3);
        using InferenceOutputs y = s.Run([InferenceInput.Of("b", shape, (ReadOnlyMemory<float>)Counting), InferenceInput.Of("a", TensorData.Floats(shape, Counting))]);
        Assert.Equal(new TensorType(ElementType.Float32, 5, 3), y.Type("sum"));
        Assert.Equal(Counting.Select(v => 2 * v), y.Span<float>("sum").ToArray());
        Assert.Equal(Counting.Select(v => v * v), y.ToData("product").As<float>().ToArray());
        Assert.Throws<ArgumentException>(() => { _ = y.Span<double>("sum"); });
        Assert.Throws<ArgumentException>(() => { _ = y.Span<float>("other"); });
    }

    [Fact]
    public void An_empty_batch_gives_an_empty_result()
    {
        using OnnxSession s = Load(Model("batch", 3));
        using InferenceOutputs y = s.Run([InferenceInput.Of("a", TensorData.Floats(new Shape(0, 3))), InferenceInput.Of("b", TensorData.Floats(new Shape(0, 3)))]);
        Assert.Equal(0, y.Type("sum").Elements);
        Assert.True(y.Bytes("sum").IsEmpty);
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_named()
    {
        using OnnxSession s = Load(Model("batch", 3));
        TensorData two = TensorData.Floats(new Shape(1, 3), 1, 2, 3);
        string message = Assert.Throws<InputException>(() => s.Run(new Dictionary<string, TensorData> { ["a"] = two, ["c"] = two })).Message;
        Assert.Contains("m.onnx: the inputs don't fit; missing: b; unknown: c.", message);
        Assert.Contains("a: fp32[batch, 3]", message);
        TensorData wide = TensorData.Floats(new Shape(1, 4), 1, 2, 3, 4);
        Assert.Contains("input 'a' is fp32[1, 4], the model takes a: fp32[batch, 3]", Assert.Throws<InputException>(() => s.Run(new Dictionary<string, TensorData> { ["a"] = wide, ["b"] = two })).Message);
        TensorData longs = TensorData.Of<long>(ElementType.Int64, new Shape(1, 3), [1, 2, 3]);
        Assert.Contains("input 'a' is int64[1, 3]", Assert.Throws<InputException>(() => s.Run(new Dictionary<string, TensorData> { ["a"] = longs, ["b"] = two })).Message);
    }

    [Fact]
    public void What_onnx_runtime_refuses_in_a_run_names_the_file()
    {
        using OnnxSession s = Load(Model("batch", "width"));
        var inputs = new Dictionary<string, TensorData> { ["a"] = TensorData.Floats(new Shape(2, 3), new float[6]), ["b"] = TensorData.Floats(new Shape(2, 5), new float[10]) };
        Assert.StartsWith("m.onnx: it could not be run: ", Assert.Throws<InputException>(() => s.Run(inputs)).Message);
    }

    [Fact]
    public void Files_that_are_no_models_are_refused_by_name()
    {
        string folder = Directory.CreateTempSubdirectory("headroom-inference-").FullName;
        try
        {
            string file = Path.Join(folder, "m.onnx");
            Assert.Contains("there is no such file", Assert.Throws<InputException>(() => OnnxSession.Load(file)).Message);
            Assert.Contains("this is a folder", Assert.Throws<InputException>(() => OnnxSession.Load(folder)).Message);
            foreach (byte[] content in new byte[][] { [], [1, 2, 3], [.. "hello"u8], new byte[1000] })
            {
                File.WriteAllBytes(file, content);
                Assert.Contains("m.onnx: ", Assert.Throws<InputException>(() => OnnxSession.Load(file)).Message);
            }
            OnnxWriter.Write(Model("batch", 3), file);
            OnnxSession.Load(file).Dispose();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_or_runs()
    {
        byte[] whole = OnnxWriter.ToBytes(Mlp.Build(new MlpOptions { Inputs = 3, Hidden = [4], Classes = 2 }), Both.StateValue);
        for (int i = 1; i < whole.Length; i += 3)
        {
            try
            {
                OnnxSession.Load(whole[..i], "cut.onnx").Dispose();
            }
            catch (InputException e)
            {
                Assert.StartsWith("cut.onnx: ", e.Message);
            }
        }
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        byte[] file = OnnxWriter.ToBytes(Model("batch", 3));
        Assert.Contains("0 threads", Assert.Throws<InputException>(() => OnnxSession.Load(file, "m.onnx", new OnnxSessionOptions { Threads = 0 })).Message);
        Assert.Contains("no provider 'Abacus'", Assert.Throws<InputException>(() => OnnxSession.Load(file, "m.onnx", new OnnxSessionOptions { Providers = ["Abacus"] })).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(100)]
    public void Rows_in_chunks_give_what_they_give_together(int rows)
    {
        using OnnxSession s = Load(Model("batch", 3));
        var result = new BatchRunner(s, rows).Run([InferenceInput.Of("a", TensorData.Floats(new Shape(5, 3), Counting)), InferenceInput.Of("b", new Shape(5, 3), (ReadOnlyMemory<float>)Counting)]);
        Assert.Equal(new TensorType(ElementType.Float32, 5, 3), result["sum"].Type);
        Assert.Equal(Counting.Select(v => v * v), result["product"].As<float>().ToArray());
    }

    [Fact]
    public void A_fixed_batch_is_filled_up_and_cut_again()
    {
        using OnnxSession s = Load(Model(2, 3));
        var runner = new BatchRunner(s);
        Assert.Equal(2, runner.Rows);
        var result = runner.Run([InferenceInput.Of("a", TensorData.Floats(new Shape(5, 3), Counting)), InferenceInput.Of("b", TensorData.Floats(new Shape(5, 3), Counting))]);
        Assert.Equal(Counting.Select(v => 2 * v), result["sum"].As<float>().ToArray());
    }

    [Fact]
    public void Inputs_of_different_rows_are_refused()
    {
        using OnnxSession s = Load(Model("batch", 3));
        var runner = new BatchRunner(s);
        Assert.Contains("differ in rows", Assert.Throws<InputException>(() => runner.Run([InferenceInput.Of("a", TensorData.Floats(new Shape(5, 3), Counting)), InferenceInput.Of("b", TensorData.Floats(new Shape(1, 3), 1, 2, 3))])).Message);
        Assert.Contains("no rows", Assert.Throws<InputException>(() => runner.Run([InferenceInput.Of("a", TensorData.Floats(new Shape(0, 3))), InferenceInput.Of("b", TensorData.Floats(new Shape(0, 3)))])).Message);
    }

    [Fact]
    public void The_same_input_gives_the_same_bits()
    {
        byte[] file = OnnxWriter.ToBytes(Mlp.Build(new MlpOptions { Inputs = 50, Hidden = [40], Classes = 7 }), Both.StateValue);
        using OnnxSession s = OnnxSession.Load(file, "m.onnx", new OnnxSessionOptions { Threads = 2 });
        var inputs = new Dictionary<string, TensorData> { ["numbers"] = Feeds.Normal("numbers", new TensorType(ElementType.Float32, 33, 50)) };
        byte[] first = s.Run(inputs)["logits"].Bytes.ToArray();
        for (int i = 0; i < 5; i++) Assert.Equal(first, s.Run(inputs)["logits"].Bytes.ToArray());
    }
}
