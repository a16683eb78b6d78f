using System.IO.Compression;
using System.Text;
using Headroom.Evidence;

namespace Headroom.Data.Sources;

/// <summary>Opens files so that what is wrong with one names it.</summary>
internal static class InputFile
{
    // Without it .NET reads a gzip that was cut off as if it ended there. DeflateStream looks at the switch once, on its first use in the process.
    static InputFile() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <summary>Opens a file for reading, unpacking it where its first two bytes are gzip's.</summary>
    /// <exception cref="InputException">The file is missing, a folder, or may not be read.</exception>
    public static Stream Open(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            if (file.Length == 0)
            {
                file.Dispose();
                throw new InputException(path, "the file is empty", "Fetch the file again, or point to another one.");
            }
            var packed = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
            file.Position = 0;
            return new NamedStream(packed ? new GZipStream(file, CompressionMode.Decompress) : file, path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException(path, "there is no such file", "Check the path, or set HEADROOM_DATA to the folder that holds the data.");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw Directory.Exists(path)
                ? new InputException(path, "this is a folder, not a file", "Name the file in it.")
                : new InputException($"{path}: the file cannot be read: {e.Message}\nCheck its permissions and the disk, or point to another file.", e);
        }
    }

    /// <summary>Opens a text file, UTF-8 unless <paramref name="encoding"/> says otherwise; bytes that are no text in it are an error, not a replacement character.</summary>
    public static StreamReader OpenText(string path, string? encoding = null)
    {
        var strict = Decoder(encoding, path);
        return new StreamReader(Open(path), strict, detectEncodingFromByteOrderMarks: encoding is null, 1 << 16);
    }

    /// <summary>What reads text of a named encoding, and stops at bytes that are none in it.</summary>
    /// <exception cref="InputException">The name is unknown; <paramref name="where"/> says where it is given.</exception>
    public static Encoding Decoder(string? encoding, string where) => encoding?.ToLowerInvariant() switch
    {
        null or "utf-8" or "utf8" => new UTF8Encoding(false, throwOnInvalidBytes: true),
        "latin1" or "iso-8859-1" => Encoding.Latin1,
        "utf-16" or "utf16" => new UnicodeEncoding(false, true, throwOnInvalidBytes: true),
        _ => throw new InputException(where, $"the encoding '{encoding}' is unknown", "Encodings are utf-8, utf-16 and latin1."),
    };

    /// <summary>Runs <paramref name="read"/>, turning text that is not text into an error that names the file and the line after <paramref name="line"/>.</summary>
    public static T Text<T>(string path, Func<long> line, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DecoderFallbackException e)
        {
            throw new InputException($"{new Columns.Origin(path, line() + 1)}: there or soon after are bytes that are no UTF-8\nSave the file as UTF-8, or give 'encoding: latin1'.", e);
        }
    }
}
