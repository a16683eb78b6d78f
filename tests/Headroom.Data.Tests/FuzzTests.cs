using System.Formats.Tar;
using CsCheck;
using Headroom.Data.Readers;
using Headroom.Evidence;

namespace Headroom.Data.Tests;

/// <summary>A damaged file is read, or refused with an <see cref="InputException"/>; anything else is a fault of ours.</summary>
public sealed class FuzzTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    private static byte[] Tar()
    {
        using var memory = new MemoryStream();
        using (var tar = new TarWriter(memory, leaveOpen: true))
        {
            for (var i = 0; i < 3; i++)
            {
                var png = Scratch.Image(5, 5, (x, y) => new SkiaSharp.SKColor((byte)(40 * x), (byte)(40 * y), 9), i == 2 ? SkiaSharp.SKEncodedImageFormat.Jpeg : SkiaSharp.SKEncodedImageFormat.Png);
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{i}/a.{(i == 2 ? "jpg" : "png")}") { DataStream = new MemoryStream(png) });
            }
        }
        return memory.ToArray();
    }

    private static byte[] Sound(string kind) => kind switch
    {
        "csv" => "name,age,note\n\"a, b\",1,\"line\nline\"\nc,2.5,é\n"u8.ToArray(),
        "tsv" => "name\tage\nx\t1\ny\t2\n"u8.ToArray(),
        "jsonl" => "{\"a\":1,\"b\":\"x\\u00e9\"}\n{\"a\":2,\"b\":null}\n"u8.ToArray(),
        "text" => "one\n\ntwo é\n"u8.ToArray(),
        "idx" => Scratch.Idx([3, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        "images" => Tar(),
        _ => "<doc><members><member name=\"T:A.B.C\"><summary>Gets <see cref=\"T:A.B.D\"/> &amp; so.</summary></member></members></doc>"u8.ToArray(),
    };

    private Reader Make(string kind, byte[] bytes)
    {
        var path = scratch.Write(kind == "dotnet-docs" ? "packs/A.Ref/1.0/ref/net10.0/A.xml" : "f", bytes);
        return kind switch
        {
            "idx" => new IdxReader { Images = path },
            "dotnet-docs" => new DotnetDocsReader { Root = scratch.Folder, MinRows = 1 },
            _ => ReaderCatalog.Create(kind, new() { ["path"] = path }),
        };
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("tsv")]
    [InlineData("jsonl")]
    [InlineData("text")]
    [InlineData("idx")]
    [InlineData("images")]
    [InlineData("dotnet-docs")]
    public void Damaged_file_is_read_or_refused(string kind)
    {
        var plain = Sound(kind);
        Assert.True(Scratch.Read(Make(kind, plain)).Rows > 0);
        var packed = Scratch.Gzip(plain);
        var damage = Gen.Select(Gen.Bool, Gen.Double[0, 1], Gen.Select(Gen.Double[0, 1], Gen.Byte).Array[0, 4]);
        damage.Sample((gzip, cut, flips) =>
        {
            var bytes = (gzip && kind != "dotnet-docs" ? packed : plain).ToArray();
            foreach (var (at, value) in flips)
            {
                bytes[(int)(at * (bytes.Length - 1))] ^= value;
            }
            bytes = cut < 0.5 ? bytes[..(int)(2 * cut * bytes.Length)] : bytes;
            try
            {
                Scratch.Read(Make(kind, bytes));
            }
            catch (InputException)
            {
                // Refused, as it should be.
            }
        }, iter: 400, threads: 1);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    [InlineData("text")]
    [InlineData("idx")]
    [InlineData("images")]
    public void Gzip_that_was_cut_off_is_refused_wherever_it_ends(string kind)
    {
        var packed = Scratch.Gzip(Sound(kind));
        for (var length = 2; length < packed.Length; length += Math.Max(1, packed.Length / 60))
        {
            var cut = packed[..length];
            Scratch.Fails(() => Scratch.Read(Make(kind, cut)));
        }
    }
}
