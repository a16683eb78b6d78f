using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Headroom.Evidence;

namespace Headroom.Data.Sources;

/// <summary>Fetches a file into the cache: into a temporary name, its checksum compared, then renamed.</summary>
internal static class Fetcher
{
    private static readonly Lazy<HttpClient> Http = new(() =>
    {
        var client = new HttpClient { Timeout = TimeSpan.FromMinutes(10) };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("headroom/0.1");
        return client;
    });

    public static string Fetch(SourceFile file, string cache, Action<string>? report, CancellationToken cancellation)
    {
        var target = Path.GetFullPath(Path.Combine(cache, file.File));
        if (!target.StartsWith(Path.GetFullPath(cache) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new InputException(file.File, "the path leads out of the data folder", "Give a path within it, such as set/file.csv.");
        }
        var part = $"{target}.{Environment.ProcessId}.part";
        report?.Invoke($"Fetching {file.File} from {file.Source}");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            Download(file.Source, part, cancellation);
            var actual = file.Subfolder is null ? HashOf(part) : Repack(part, file, cancellation);
            if (!actual.Equals(file.Sha256, StringComparison.OrdinalIgnoreCase))
            {
                throw new InputException(file.Source.ToString(), $"the SHA-256 is {actual}, expected was {file.Sha256}",
                    $"The file was changed or cut off on its way. Try again, or set {DataFolders.Variable} to a folder that holds {file.File}.");
            }
            File.Move(part, target, overwrite: true);
            return target;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new InputException($"{file.File}: it is not on this machine and cannot be fetched from {file.Source} ({e.Message})\n" +
                $"Go online, or set {DataFolders.Variable} to a folder that holds {file.File}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{target}: the fetched file cannot be written: {e.Message}\nMake room or set XDG_CACHE_HOME to a folder that can be written.", e);
        }
        finally
        {
            TryDelete(part);
            TryDelete(part + ".tar.gz");
        }
    }

    private static void Download(Uri source, string part, CancellationToken cancellation)
    {
        using var to = File.Create(part);
        if (source.IsFile)
        {
            using var from = InputFileBytes(source.LocalPath);
            from.CopyTo(to);
            return;
        }
        if (source.Scheme != Uri.UriSchemeHttps)
        {
            throw new InputException(source.ToString(), $"'{source.Scheme}' is no safe way to fetch data", "Give an https address.");
        }
        using var request = new HttpRequestMessage(HttpMethod.Get, source);
        using var response = Http.Value.Send(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        response.EnsureSuccessStatusCode();
        using var body = response.Content.ReadAsStream(cancellation);
        var buffer = new byte[1 << 16];
        for (var read = body.Read(buffer); read > 0; read = body.Read(buffer))
        {
            cancellation.ThrowIfCancellationRequested();
            to.Write(buffer, 0, read);
        }
    }

    private static FileStream InputFileBytes(string path) => File.Exists(path) ? File.OpenRead(path)
        : throw new InputException(path, "there is no such file", "Check the address under 'source'.");

    private static string HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    // A forge's archive puts all under one folder named after the commit, and packs it anew on each request: what is wanted of it is
    // packed again under paths within the subfolder, and the checksum is over the files instead of the packing.
    private static string Repack(string part, SourceFile file, CancellationToken cancellation)
    {
        var folder = file.Subfolder!.Trim('/') + "/";
        var packed = part + ".tar.gz";
        var hashes = new List<FileBytes>();
        using (var gzip = new GZipStream(File.Create(packed), CompressionLevel.Fastest))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Pax))
        {
            foreach (var (path, bytes) in Tarball.Files(part, n => Within(n, folder) is not null))
            {
                cancellation.ThrowIfCancellationRequested();
                var name = Within(path, folder)!;
                using var data = new MemoryStream(bytes, writable: false);
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = data, ModificationTime = DateTimeOffset.UnixEpoch });
                hashes.Add(new FileBytes(name, SHA256.HashData(bytes)));
            }
        }
        if (hashes.Count == 0)
        {
            throw new InputException(file.Source.ToString(), $"the archive has no folder '{file.Subfolder}'", "Check 'subfolder'.");
        }
        File.Move(packed, part, overwrite: true);
        return Tarball.HashOfHashes(hashes);
    }

    private static string? Within(string name, string folder)
    {
        var at = name.IndexOf('/', StringComparison.Ordinal) + 1;
        return at > 0 && name.AsSpan(at).StartsWith(folder, StringComparison.Ordinal) && name.Length > at + folder.Length ? name[(at + folder.Length)..] : null;
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is left bears a .part name that is never read.
        }
    }
}
