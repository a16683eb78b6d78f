using System.Formats.Tar;
using System.Security.Cryptography;
using Headroom.Evidence;

namespace Headroom.Data.Sources;

/// <summary>The files in a tar archive, streamed.</summary>
public static class Tarball
{
    private const int LargestFile = 256 << 20;
    private const int MostPadding = 16 << 20;

    /// <summary>The archive's regular files in its order, one in memory at a time.</summary>
    /// <exception cref="InputException">The archive is corrupt, or an entry is a link, escapes from the archive's folder, or is over 256 MiB.</exception>
    public static IEnumerable<FileBytes> Files(string path, Func<string, bool>? wanted = null)
    {
        using var stream = InputFile.Open(path);
        foreach (var file in Files(stream, path, wanted))
        {
            yield return file;
        }
    }

    /// <summary>SHA-256 over names and bytes of files in ordinal order of their names: the same however they were packed.</summary>
    public static string ContentHash(IEnumerable<FileBytes> files) => HashOfHashes(files.Select(f => f with { Bytes = SHA256.HashData(f.Bytes) }));

    // Takes each file's own hash in the place of its bytes, so that only hashes are held while they are sorted.
    internal static string HashOfHashes(IEnumerable<FileBytes> hashes)
    {
        using var hash = new HashWriter();
        foreach (var (name, digest) in hashes.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            hash.Add(name);
            hash.Add(digest);
        }
        return Convert.ToHexStringLower(hash.Finish());
    }

    internal static IEnumerable<FileBytes> Files(Stream stream, string path, Func<string, bool>? wanted)
    {
        using var tar = new TarReader(stream, leaveOpen: true);
        while (Next(tar, path) is { } entry)
        {
            if (entry.EntryType is TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes or TarEntryType.ExtendedAttributes)
            {
                continue;
            }
            var name = entry.Name.Replace('\\', '/');
            name = name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile))
            {
                throw new InputException($"{path}/{name}", $"the entry is a {entry.EntryType}, not a file", "Pack plain files and folders only.");
            }
            if (name.StartsWith('/') || name.Split('/').Contains("..") || name.Contains(':', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
            {
                throw new InputException($"{path}/{name}", "the entry's path leads out of the archive", "Don't trust this archive; pack it anew with relative paths.");
            }
            if (wanted?.Invoke(name) != false)
            {
                yield return new FileBytes(name, Bytes(entry, $"{path}/{name}"));
            }
        }
        Drain(stream, path);
    }

    // A gzip's checksum stands behind the archive's last block: only who reads on to the end learns whether the file was whole.
    private static void Drain(Stream stream, string path)
    {
        var rest = new byte[1 << 16];
        for (long read, total = 0; (read = stream.Read(rest)) > 0;)
        {
            total += read;
            if (total > MostPadding)
            {
                throw new InputException(path, $"more than {MostPadding} bytes follow the archive's end", "Pack the folder anew.");
            }
        }
    }

    private static TarEntry? Next(TarReader tar, string path)
    {
        try
        {
            return tar.GetNextEntry();
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            throw new InputException($"{path}: the archive is corrupt or cut off ({e.Message})\nFetch the file again and compare its checksum.", e);
        }
    }

    // Read as the bytes arrive: the length in the header is a promise, not a reason to allocate.
    private static byte[] Bytes(TarEntry entry, string where)
    {
        if (entry.Length > LargestFile)
        {
            throw new InputException(where, $"the entry is {entry.Length} bytes", $"The largest file that is read from an archive has {LargestFile} bytes.");
        }
        try
        {
            using var memory = new MemoryStream((int)Math.Min(entry.Length, 1 << 20));
            entry.DataStream?.CopyTo(memory);
            return memory.Length == entry.Length ? memory.ToArray() : throw new EndOfStreamException($"{memory.Length} of {entry.Length} bytes");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new InputException($"{where}: the archive is cut off here ({e.Message})\nFetch the file again and compare its checksum.", e);
        }
    }
}
