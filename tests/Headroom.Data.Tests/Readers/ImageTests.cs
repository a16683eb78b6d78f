using System.Formats.Tar;
using System.IO.Compression;
using Headroom.Data.Readers;
using SkiaSharp;

namespace Headroom.Data.Tests.Readers;

public sealed class ImageTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    private static byte[] Grey(byte value, int size = 4) => Scratch.Image(size, size, (_, _) => new SKColor(value, value, value), grey: true);

    private string Tar(params (string Name, byte[] Bytes)[] files)
    {
        var path = scratch.Path("a.tar.gz");
        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        using var tar = new TarWriter(gzip);
        foreach (var (name, bytes) in files)
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
        }
        return path;
    }

    [Fact]
    public void Archive_and_folder_give_the_same_rows()
    {
        (string, byte[])[] files = [("train/0/a.png", Grey(10)), ("train/0/b.png", Grey(20)), ("train/1/a.png", Grey(30))];
        foreach (var (name, bytes) in files)
        {
            scratch.Write("f/" + name, bytes);
        }
        var folder = Scratch.Read(new ImageReader { Path = scratch.Path("f/train"), Color = ImageColor.Grey, ClassNames = ["cat", "dog"] });
        var archive = Scratch.Read(new ImageReader { Path = Tar(files), Color = ImageColor.Grey, ClassNames = ["cat", "dog"] });
        Assert.Equal(folder.Fingerprint, archive.Fingerprint);
        Assert.Equal(["cat", "cat", "dog"], archive.Texts("label").Values.ToArray());
        Assert.All(archive.Images("image").Values[2].Values, v => Assert.Equal(30, v));
    }

    [Fact]
    public void Colour_comes_as_planes()
    {
        var png = Scratch.Image(2, 1, (x, _) => x == 0 ? new SKColor(255, 10, 20) : new SKColor(1, 2, 3));
        Assert.Equal([255, 1, 10, 2, 20, 3], ImageDecoder.Decode(png, ImageColor.Rgb, null, default).Values);
        // ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B
        Assert.Equal([84, 2], ImageDecoder.Decode(png, ImageColor.Grey, null, default).Values);
    }

    [Fact]
    public void Grey_image_fills_three_equal_planes() => Assert.Equal([.. Enumerable.Repeat((byte)77, 12)], ImageDecoder.Decode(Grey(77, 2), ImageColor.Rgb, null, default).Values);

    [Fact]
    public void White_stays_white_and_black_black() => Assert.Equal([255, 0], ImageDecoder.Decode(Scratch.Image(2, 1, (x, _) => x == 0 ? SKColors.White : SKColors.Black), ImageColor.Grey, null, default).Values);

    [Fact]
    public void Jpeg_is_read()
    {
        var image = ImageDecoder.Decode(Scratch.Image(8, 8, (_, _) => new SKColor(200, 100, 50), SKEncodedImageFormat.Jpeg), ImageColor.Rgb, null, default);
        Assert.Equal("[3, 8, 8]", image.Shape);
        Assert.InRange(image.Values[0], 195, 205);
        Assert.InRange(image.Values[64], 95, 105);
    }

    [Fact]
    public void Unequal_sizes_need_a_resize()
    {
        var path = Tar(("0/a.png", Grey(10, 4)), ("1/b.png", Grey(20, 6)));
        Assert.Contains("resize", Scratch.Fails(() => Scratch.Read(new ImageReader { Path = path })));
        var data = Scratch.Read(new ImageReader { Path = path, Resize = [5, 3], Color = ImageColor.Grey });
        Assert.Equal("[1, 5, 3]", data.Images("image").Values[1].Shape);
        Assert.All(data.Images("image").Values[1].Values, v => Assert.Equal(20, v));
    }

    [Fact]
    public void Corrupt_image_is_named_by_its_entry()
    {
        var cut = Grey(10, 32)[..60];
        Assert.Contains("1/cut.png", Scratch.Fails(() => Scratch.Read(new ImageReader { Path = Tar(("0/a.png", Grey(10)), ("1/cut.png", cut)) })));
    }

    [Fact] // 8,000 x 4,000 pixels in 60 bytes: nothing is allocated for them
    public void Hostile_header_is_not_believed()
    {
        var png = Grey(1);
        (png[16], png[17], png[18], png[19]) = (0, 0, 0x1f, 0x40);
        (png[20], png[21], png[22], png[23]) = (0, 0, 0x0f, 0xa0);
        var crc = uint.MaxValue; // PNG, annex D: CRC-32 over the chunk's type and data
        foreach (var value in png.AsSpan(12, 17))
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
            }
        }
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), ~crc);
        Assert.Contains("4000 x 8000 pixels", Scratch.Fails(() => ImageDecoder.Decode(png, ImageColor.Grey, null, new("a.png"))));
    }

    [Theory]
    [InlineData("../0/a.png")]
    [InlineData("/etc/0/a.png")]
    [InlineData("0/../../a.png")]
    public void Escaping_path_is_refused(string name) => Assert.Contains("out of the archive", Scratch.Fails(() => Scratch.Read(new ImageReader { Path = Tar((name, Grey(1))) })));

    [Fact]
    public void Link_in_an_archive_is_refused()
    {
        var path = scratch.Path("l.tar");
        using (var tar = new TarWriter(File.Create(path)))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "0/a.png") { LinkName = "/etc/passwd" });
        }
        Assert.Contains("SymbolicLink", Scratch.Fails(() => Scratch.Read(new ImageReader { Path = path })));
    }

    [Fact]
    public void Empty_class_folder_is_an_error()
    {
        scratch.Write("f/0/a.png", Grey(1));
        Directory.CreateDirectory(scratch.Path("f/1"));
        Assert.Contains("no image", Scratch.Fails(() => Scratch.Read(new ImageReader { Path = scratch.Path("f") })));
    }

    [Fact]
    public void Fashion_mnist_has_its_known_mean_and_classes()
    {
        var data = Scratch.Read(new ImageReader { Path = Scratch.Given("fashion-mnist/fashion_mnist_images_train.tar.gz"), Color = ImageColor.Grey });
        Assert.Equal(60_000, data.Rows);
        Assert.All(data.Texts("label").Values.ToArray().CountBy(l => l!), c => Assert.Equal(6_000, c.Value));
        var mean = data.Images("image").Values.ToArray().Sum(p => p.Values.Sum(v => (long)v)) / (60_000.0 * 784 * 255);
        Assert.Equal(0.2860, mean, 0.0005);
    }

    [Fact]
    public void Cifar_jpegs_are_colour()
    {
        var data = Scratch.Read(new ImageReader { Path = Scratch.Given("cifar10/cifar10_test_jpg.tar.gz") });
        Assert.Equal((10_000, "[3, 32, 32]"), (data.Rows, data.Images("image").Values[0].Shape));
    }
}
