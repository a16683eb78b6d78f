using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Headroom.Data.Sources;

namespace Headroom.Data.Tests.Sources;

public sealed class SourceTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    private DataSource Source(params SourceFile[] files) => new() { Files = files, BaseFolder = scratch.Path("base"), DataFolder = scratch.Path("given"), CacheFolder = scratch.Path("cache") };

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    [Fact]
    public void Nearer_folders_come_first()
    {
        scratch.Write("cache/set/a", "1");
        Assert.Equal(scratch.Path("cache/set/a"), Source().Resolve("set/a", TestContext.Current.CancellationToken));
        scratch.Write("given/set/a", "1");
        Assert.Equal(scratch.Path("given/set/a"), Source().Resolve("set/a", TestContext.Current.CancellationToken));
        scratch.Write("base/set/a", "1");
        Assert.Equal(scratch.Path("base/set/a"), Source().Resolve("set/a", TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Known_file_is_fetched_once_and_checked()
    {
        var from = scratch.Write("web/a", "content");
        var source = Source(new SourceFile("set/a", Hash("content"u8.ToArray()), new Uri(from)));
        var path = source.Resolve("set/a", TestContext.Current.CancellationToken);
        File.Delete(from);
        Assert.Equal("content", File.ReadAllText(source.Resolve("set/a", TestContext.Current.CancellationToken)));
        Assert.Equal([path], Directory.GetFiles(scratch.Path("cache/set")));
    }

    [Fact]
    public void Wrong_checksum_leaves_nothing_behind()
    {
        var from = scratch.Write("web/a", "changed");
        var message = Scratch.Fails(() => Source(new SourceFile("set/a", Hash("content"u8.ToArray()), new Uri(from))).Resolve("set/a"));
        Assert.Contains("SHA-256", message);
        Assert.Contains("HEADROOM_DATA", message);
        Assert.Empty(Directory.GetFiles(scratch.Path("cache/set")));
    }

    [Fact]
    public void Folder_of_a_repository_archive_is_packed_anew_and_checked_by_content()
    {
        Directory.CreateDirectory(scratch.Path("web"));
        using (var gzip = new GZipStream(File.Create(scratch.Path("web/r.tar.gz")), CompressionLevel.Fastest))
        using (var tar = new TarWriter(gzip))
        {
            foreach (var name in new[] { "repo-abc/README", "repo-abc/images/train/1/b.png", "repo-abc/images/train/0/a.png" })
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream("bytes"u8.ToArray()) });
            }
        }
        var hash = Tarball.ContentHash([new("0/a.png", "bytes"u8.ToArray()), new("1/b.png", "bytes"u8.ToArray())]);
        var path = Source(new SourceFile("set/train.tar.gz", hash, new Uri(scratch.Path("web/r.tar.gz")), "images/train")).Resolve("set/train.tar.gz", TestContext.Current.CancellationToken);
        Assert.Equal(["1/b.png", "0/a.png"], Tarball.Files(path).Select(f => f.Name));
        Assert.Equal(hash, Tarball.ContentHash(Tarball.Files(path)));
        Assert.Single(Directory.GetFiles(scratch.Path("cache/set")));
    }

    [Fact] // nothing listens at port 9 of this machine, which looks like having no network
    public void Being_offline_says_what_to_set()
    {
        var message = Scratch.Fails(() => Source(new SourceFile("set/a", "", new Uri("https://127.0.0.1:9/a"))).Resolve("set/a"));
        Assert.Contains("Go online, or set HEADROOM_DATA", message);
        Assert.Empty(Directory.GetFiles(scratch.Path("cache/set")));
    }

    [Fact]
    public void Path_out_of_the_cache_is_refused() =>
        Assert.Contains("out of the data folder", Scratch.Fails(() => Source(new SourceFile("../a", "", new Uri(scratch.Write("web/a", "x")))).Resolve("../a")));

    [Fact]
    public void Unsafe_address_is_refused() =>
        Assert.Contains("https", Scratch.Fails(() => Source(new SourceFile("a", "", new Uri("http://localhost/a"))).Resolve("a")));
}
