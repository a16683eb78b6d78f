using System.Text;

namespace Headroom.Evidence;

/// <summary>Writes a file whole or not at all: to a temporary name in the same folder, flushed to the disk, then renamed.</summary>
/// <remarks>After a failure, or a crash at any moment, the path holds the old content or the new, never a part. A kill may leave a
/// <c>.headroom-*.tmp</c> beside it, which nothing reads.</remarks>
public static class AtomicFile
{
    // The rename would replace a device or a pipe by a file; as root it would succeed.
    private static readonly string[] DeviceFolders = ["/dev/", "/proc/", "/sys/"];

    /// <summary>Replaces <paramref name="path"/> by what <paramref name="write"/> writes. What it throws itself is passed on, and the old file stays.</summary>
    /// <exception cref="InputException">The disk is full or read-only, the folder is missing, or writing there is not allowed.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string target = Path.GetFullPath(path);
        if (Directory.Exists(target)) throw new InputException(path, "this is a folder, so no file can take its place.", "Choose another name.");
        if (DeviceFolders.Any(folder => target.StartsWith(folder, StringComparison.Ordinal)))
        {
            throw new InputException(path, "this is no place for files.", "Name a file in a folder of yours.");
        }
        string temporary = Path.Join(Path.GetDirectoryName(target), $".headroom-{Path.GetRandomFileName()}.tmp");
        bool ours = true; // whether a failure comes from our own file work, and not from the writer's
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                ours = false;
                write(stream);
                ours = true;
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception e)
        {
            Delete(temporary);
            if (FileFaults.IsDiskFull(e) || FileFaults.IsReadOnly(e) || (ours && e is IOException or UnauthorizedAccessException))
            {
                throw FileFaults.Writing(path, e);
            }
            throw;
        }
    }

    /// <summary>Replaces the file by UTF-8 text without a byte order mark.</summary>
    /// <exception cref="InputException">As <see cref="Write"/>.</exception>
    public static void WriteText(string path, string text) => WriteBytes(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Replaces the file by these bytes.</summary>
    /// <exception cref="InputException">As <see cref="Write"/>.</exception>
    public static void WriteBytes(string path, ReadOnlyMemory<byte> content) => Write(path, stream => stream.Write(content.Span));

    private static void Delete(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The fault that brought us here says more than this one.
        }
    }
}
