using Headroom.Data.Readers;

namespace Headroom.Data.Tests.Readers;

public sealed class IdxTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    private string Images(int rows = 3) => scratch.Write("i.gz", Scratch.Gzip(Scratch.Idx([rows, 2, 2], [.. Enumerable.Range(0, 12).Select(i => (byte)i)])));

    private string Labels(params byte[] labels) => scratch.Write("l", Scratch.Idx([labels.Length], labels));

    [Fact]
    public void Images_and_labels_are_paired()
    {
        var data = Scratch.Read(new IdxReader { Images = Images(), Labels = Labels(1, 0, 1), ClassNames = ["cat", "dog"] });
        Assert.Equal(["dog", "cat", "dog"], data.Texts("label").Values.ToArray());
        Assert.Equal([4, 5, 6, 7], data.Images("image").Values[1].Values);
        Assert.Equal("[1, 2, 2]", data.Images("image").Values[1].Shape);
    }

    [Fact]
    public void Label_outside_of_the_range_is_named()
    {
        var message = Scratch.Fails(() => Scratch.Read(new IdxReader { Images = Images(), Labels = Labels(1, 2, 1), ClassNames = ["cat", "dog"] }));
        Assert.Contains("'2' is outside of 0 to 1", message);
        Assert.Contains("line 2", message);
    }

    [Fact]
    public void Unequal_counts_are_refused() => Assert.Contains("2 labels", Scratch.Fails(() => Scratch.Read(new IdxReader { Images = Images(), Labels = Labels(1, 0) })));

    [Theory]
    [InlineData(new[] { int.MaxValue, 2, 2 })] // more rows than bytes
    [InlineData(new[] { 1, 30_000, 30_000 })]
    [InlineData(new[] { 1, 0, 2 })]
    [InlineData(new[] { 1, -1, 2 })]
    public void Hostile_header_costs_nothing(int[] dims)
    {
        var path = scratch.Write("h", Scratch.Idx(dims, [1, 2, 3, 4]));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Scratch.Fails(() => Scratch.Read(new IdxReader { Images = path }));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void Corrupt_and_cut_off_gzip_names_the_file()
    {
        var bytes = File.ReadAllBytes(Images());
        scratch.Write("cut.gz", bytes[..^9]);
        Assert.Contains("cut.gz", Scratch.Fails(() => Scratch.Read(new IdxReader { Images = scratch.Path("cut.gz") })));
        bytes[12] ^= 0xff;
        scratch.Write("bad.gz", bytes);
        Assert.Contains("bad.gz", Scratch.Fails(() => Scratch.Read(new IdxReader { Images = scratch.Path("bad.gz") })));
    }

    [Fact]
    public void Mnist_test_set_has_its_known_mean()
    {
        var images = Scratch.Given("mnist/t10k-images-idx3-ubyte.gz");
        var data = Scratch.Read(new IdxReader { Images = images, Labels = Scratch.Given("mnist/t10k-labels-idx1-ubyte.gz") });
        Assert.Equal(10_000, data.Rows);
        Assert.Equal(980, data.Texts("label").Values.ToArray().Count(l => l == "0"));
        var mean = data.Images("image").Values.ToArray().Average(p => p.Values.Average(v => (double)v)) / 255;
        Assert.Equal(0.1325, mean, 0.0005);
    }
}
