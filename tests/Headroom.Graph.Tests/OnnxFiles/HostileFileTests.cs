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

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_file_of_a_million_tiny_parts_is_refused_within_its_budget(int kind)
    {
        var part = new Message();
        for (int i = 0; i < 1000; i++)
        {
            switch (kind)
            {
                case 1: part.Inner(1, new Message()); break;
                case 2: part.Inner(1, new Message().Text(4, "Or")); break;
                case 3: part.Inner(5, new Message()); break;
                case 4: part.Inner(11, new Message()); break;
                default: part.Inner(13, new Message().Text(1, "v" + i)); break;
            }
        }
        byte[] thousand = part.ToArray();
        Message graph = GraphOf(Node("a", "Relu", ["x"], ["y"]));
        byte[] body = [.. graph.ToArray(), .. Enumerable.Repeat(thousand, 1000).SelectMany(b => b)];
        byte[] file = new Message().Int(1, 10).Bytes(7, body).Inner(8, new Message().Text(1, "").Int(2, 21)).ToArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(Reads(file) && kind != 5);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (4L * file.Length) + (64 << 20));
    }

    [Fact]
    public void A_long_list_of_small_numbers_takes_no_memory_before_it_is_refused()
    {
        byte[] file = FileOf(GraphOf(Node("a", "Transpose", ["x"], ["y"], new Message().Text(1, "perm").Bytes(8, new byte[40_000_000]).Int(20, 7))));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(Reads(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (4L * file.Length) + (64 << 20));
    }

    [Fact]
    public void A_name_of_a_megabyte_is_refused()
        => Assert.False(Reads(FileOf(GraphOf(Node(new string('n', 1 << 20), "Relu", ["x"], ["y"])))));

    [Fact]
    public void Many_tensors_on_the_same_few_bytes_are_refused()
    {
        using var scratch = new Scratch();
        File.WriteAllBytes(scratch.File("weights.bin"), new byte[1 << 16]);
        Message graph = GraphOf(Node("a", "Add", ["x", "w"], ["y"])).Inner(5, Floats("w", [1], 1));
        for (int i = 0; i < 100; i++)
        {
            Message t = Tensor("t" + i, 2, [60000 + i]).Int(14, 1);
            graph.Inner(5, t.Inner(13, new Message().Text(1, "location").Text(2, "weights.bin")));
        }
        File.WriteAllBytes(scratch.File("m.onnx"), FileOf(graph));
        Assert.Contains("many times over", Assert.Throws<InputException>(() => OnnxReader.Read(scratch.File("m.onnx"))).Message);
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
