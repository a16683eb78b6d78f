namespace Headroom.Evidence.Tests;

public sealed class AtomicFileTests
{
    [Fact]
    public void A_file_is_made_and_replaced_and_nothing_stays_beside_it()
    {
        using TemporaryFolder folder = new();
        AtomicFile.WriteText(folder["a.txt"], "eins");
        AtomicFile.WriteText(folder["a.txt"], "zwei ü");
        Assert.Equal("zwei ü", File.ReadAllText(folder["a.txt"]));
        Assert.Equal(8 - 1, new FileInfo(folder["a.txt"]).Length); // UTF-8 without a mark
        Assert.Equal(["a.txt"], folder.Names);
    }

    [Fact]
    public void When_the_writer_fails_midway_the_old_file_stays_and_its_exception_comes_out()
    {
        using TemporaryFolder folder = new();
        AtomicFile.WriteText(folder["a.txt"], "old");
        TimeoutException e = Assert.Throws<TimeoutException>(() => AtomicFile.Write(folder["a.txt"], stream =>
        {
            stream.Write(new byte[1 << 20]);
            throw new TimeoutException("midway");
        }));
        Assert.Equal("midway", e.Message);
        Assert.Equal("old", File.ReadAllText(folder["a.txt"]));
        Assert.Equal(["a.txt"], folder.Names);
    }

    [Fact] // the kernel's own ENOSPC, from the device that is always full
    public void A_full_disk_is_said_to_be_full_and_the_old_file_stays()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("This system has no /dev/full.");
        using TemporaryFolder folder = new();
        AtomicFile.WriteText(folder["a.txt"], "old");
        InputException e = Assert.Throws<InputException>(() => AtomicFile.Write(folder["a.txt"], _ =>
        {
            using FileStream full = new("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            full.Write([1]);
        }));
        Assert.Contains(folder["a.txt"], e.Message, StringComparison.Ordinal);
        Assert.Contains("disk is full", e.Message, StringComparison.Ordinal);
        Assert.Contains("Free some space", e.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(folder["a.txt"]));
        Assert.Equal(["a.txt"], folder.Names);
    }

    [Fact]
    public void A_folder_without_write_permission_is_named()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Unix permissions are not known on Windows.");
            return;
        }
        if (Environment.UserName == "root") Assert.Skip("Nothing is read-only to root.");
        using TemporaryFolder folder = new();
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            Assert.Contains("permission", Refused(folder["a.txt"]), StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_place_that_takes_no_file_is_refused_by_what_is_wrong_with_it()
    {
        using TemporaryFolder folder = new();
        AtomicFile.WriteText(folder["file"], "x");
        Assert.Contains("does not exist", Refused(folder["missing/a.txt"]), StringComparison.Ordinal);
        Assert.NotEmpty(Refused(folder["file/a.txt"]));
        Assert.NotEmpty(Refused(folder[new string('n', 300)]));
        Assert.Contains("folder", Refused(folder.Path), StringComparison.Ordinal);
        Assert.Equal(["file"], folder.Names);
    }

    [Fact] // renaming over it would replace the device, as root at least
    public void A_device_is_not_replaced()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no /dev.");
        Assert.Contains("no place for files", Refused("/dev/null"), StringComparison.Ordinal);
    }

    [Fact] // FIPS 180-4's example
    public void A_hash_is_that_of_the_standard()
    {
        const string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        using TemporaryFolder folder = new();
        AtomicFile.WriteText(folder["abc"], "abc");
        using MemoryStream stream = new("abc"u8.ToArray());
        Assert.Equal(abc, ContentHash.Of("abc"u8));
        Assert.Equal(abc, ContentHash.Of(stream));
        Assert.Equal(abc, ContentHash.OfFile(folder["abc"]));
        Assert.True(ContentHash.IsValid(abc));
        Assert.False(ContentHash.IsValid(abc.ToUpperInvariant()));
        Assert.False(ContentHash.IsValid(abc[1..]));
        Assert.Throws<InputException>(() => ContentHash.OfFile(folder["missing"]));
    }

    private static string Refused(string path)
    {
        InputException e = Assert.Throws<InputException>(() => AtomicFile.WriteText(path, "x"));
        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        return e.Message;
    }
}
