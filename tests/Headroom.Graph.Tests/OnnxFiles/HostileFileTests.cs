using System.Diagnostics;
using Headroom.Evidence;
using Headroom.Graph.Models;
using Headroom.Graph.Onnx;
using static Headroom.Graph.Tests.OnnxFiles.Message;

namespace Headroom.Graph.Tests.OnnxFiles;

public sealed class HostileFileTests
{
    private static byte[] Small()
    {
        Model model = Mlp.Build(new MlpOptions { Inputs = 3, Hidden = [4], Classes = 2, Categories = [new CategoricalColumn("c", 5, 2)] });
        return OnnxWriter.ToBytes(model, s => TensorData.Fill(s.Type.Element, s.Type.Shape, 1));
    }

    /// <summary>Whether it was read; anything thrown but an error for the user fails the test.</summary>
    private static bool Reads(byte[] file)
    {
        try
        {
            OnnxReader.Read(file, "m.onnx");
            return true;
        }
        catch (InputException e)
        {
            Assert.StartsWith("m.onnx: ", e.Message);
            return false;
        }
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_refused()
    {
        byte[] whole = Small();
        Assert.True(Reads(whole));
        for (int i = 0; i < whole.Length; i++) Assert.False(Reads(whole[..i]), $"cut at {i} of {whole.Length}");
    }

    [Fact]
    public void Flipped_bytes_give_a_model_or_an_error_for_the_user()
    {
        byte[] whole = Small();
        var random = new Random(7);
        var watch = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        int refused = 0;
        for (int i = 0; i < 5000; i++)
        {
            byte[] broken = [.. whole];
            for (int k = random.Next(1, 6); k > 0; k--) broken[random.Next(broken.Length)] = (byte)random.Next(256);
            if (!Reads(broken)) refused++;
        }
        Assert.True(refused > 1000, $"only {refused} of 5000 were refused");
        Assert.True((GC.GetAllocatedBytesForCurrentThread() - before) / 5000 < 100 * whole.Length, "a broken file makes the reader allocate much");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1L << 40)]
    [InlineData(1L << 31)]
    [InlineData(-1)]
    [InlineData(4)]
    public void Extents_that_the_bytes_do_not_fill_are_refused_without_allocating(long extent)
    {
        Message graph = GraphOf(Node("a", "Add", ["x", "w"], ["y"])).Inner(5, Tensor("w", 1, [extent, 3]).Bytes(9, new byte[12]));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(Reads(FileOf(graph)));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void A_product_that_overflows_back_to_zero_is_refused()
        => Assert.False(Reads(FileOf(GraphOf(Node("a", "Add", ["x", "w"], ["y"])).Inner(5, Tensor("w", 1, [1L << 32, 1L << 32]).Bytes(9)))));

    [Fact]
    public void A_hundred_thousand_axes_are_refused()
        => Assert.False(Reads(FileOf(GraphOf(Node("a", "Add", ["x", "w"], ["y"])).Inner(5, Tensor("w", 1, [.. Enumerable.Repeat(1L, 100_000)]).Bytes(9, new byte[4])))));

    [Fact]
    public void Subgraphs_nested_deep_do_not_overflow_the_stack()
    {
        var inner = new Message();
        for (int i = 0; i < 2000; i++) inner = new Message().Inner(1, new Message().Text(4, "If").Inner(5, new Message().Text(1, "then").Inner(6, inner)));
        Assert.False(Reads(FileOf(GraphOf(Node("r", "Relu", ["x"], ["y"], new Message().Text(1, "g").Inner(6, inner).Int(20, 5))))));
    }

    [Fact]
    public void Numbers_without_an_end_are_refused() => Assert.False(Reads([0x08, .. Enumerable.Repeat((byte)0xFF, 1000)]));

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../secret")]
    [InlineData("..\\secret")]
    [InlineData("C:\\secret")]
    [InlineData("")]
    [InlineData("link")]
    [InlineData("folder/secret")]
    public void External_data_outside_the_folder_is_refused(string location)
    {
        using var scratch = new Scratch();
        string folder = Directory.CreateDirectory(scratch.File("models")).FullName;
        File.WriteAllBytes(scratch.File("secret"), new byte[64]);
        File.CreateSymbolicLink(Path.Join(folder, "link"), scratch.File("secret"));
        Directory.CreateSymbolicLink(Path.Join(folder, "folder"), scratch.Folder);
        string path = Path.Join(folder, "m.onnx");
        File.WriteAllBytes(path, External(location, 0));
        Assert.Contains("keeps its data in another file", Assert.Throws<InputException>(() => OnnxReader.Read(path)).Message);
    }

    [Fact]
    public void External_data_beside_the_model_is_read()
    {
        using var scratch = new Scratch();
        float[] numbers = [0, 0, 1.5f, -2, 3];
        File.WriteAllBytes(scratch.File("weights.bin"), TensorData.Floats(new Shape(5), numbers).Bytes.ToArray());
        File.WriteAllBytes(scratch.File("m.onnx"), External("weights.bin", 8));
        Model m = OnnxReader.Read(scratch.File("m.onnx"));
        Assert.Equal(numbers[2..], ((Initializer.Given)m.States[0].Initializer).Data.As<float>().ToArray());
        Assert.Contains("was not read from a folder", Assert.Throws<InputException>(() => OnnxReader.Read(External("weights.bin", 8), "m.onnx")).Message);
    }

    [Theory]
    [InlineData(12, 3)]
    [InlineData(long.MaxValue, 3)]
    [InlineData(0, 1L << 40)]
    public void External_data_that_is_not_all_there_is_refused(long offset, long extent)
    {
        using var scratch = new Scratch();
        File.WriteAllBytes(scratch.File("weights.bin"), new byte[20]);
        File.WriteAllBytes(scratch.File("m.onnx"), External("weights.bin", offset, extent));
        Assert.Throws<InputException>(() => OnnxReader.Read(scratch.File("m.onnx")));
    }

    private static byte[] External(string location, long offset, long extent = 3)
    {
        Message Entry(string key, string value) => new Message().Text(1, key).Text(2, value);
        Message w = Tensor("w", 1, [extent]).Inner(13, Entry("location", location)).Inner(13, Entry("offset", $"{offset}")).Int(14, 1);
        return FileOf(GraphOf(Node("a", "Add", ["x", "w"], ["y"])).Inner(5, w));
    }
}
