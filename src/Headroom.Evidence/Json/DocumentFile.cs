namespace Headroom.Evidence.Json;

internal static class DocumentFile
{
    /// <summary>The whole file, of which no more is held than a document may have.</summary>
    /// <exception cref="InputException">It is missing, can't be read, or is too large.</exception>
    public static byte[] Read(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            using MemoryStream content = new();
            byte[] part = new byte[1 << 16];
            for (int n; (n = stream.Read(part)) > 0;)
            {
                if (content.Length + n > EvidenceJson.MaximumBytes)
                {
                    throw new InputException(path, $"it has more than {EvidenceJson.MaximumBytes} bytes, which no document of Headroom has.", "Name a document, such as plan.json.");
                }
                content.Write(part, 0, n);
            }
            return content.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw FileFaults.Reading(path, e);
        }
    }
}
