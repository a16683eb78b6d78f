using System.Buffers;
using System.Security.Cryptography;

namespace Headroom.Evidence;

/// <summary>SHA-256 (FIPS 180-4) of what a document rests on, as 64 lower-case hexadecimal digits.</summary>
public static class ContentHash
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static string Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>Of the rest of the stream, which is read once and never held whole.</summary>
    public static string Of(Stream content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <exception cref="InputException">The file is missing or can't be read.</exception>
    public static string OfFile(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            return Of(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw FileFaults.Reading(path, e);
        }
    }

    /// <summary>Whether the text has the form of a hash.</summary>
    public static bool IsValid(string? text) => text is { Length: 64 } && !text.AsSpan().ContainsAnyExcept(Digits);
}
