namespace Headroom.Evidence.Documents;

/// <summary>A file of the run's folder and what is in it.</summary>
/// <param name="Path">Relative to the run's folder, with forward slashes: <c>checkpoint/step-400.safetensors</c>.</param>
/// <param name="Sha256">Lower-case hexadecimal SHA-256 of its bytes.</param>
public sealed record FileReference(string Path, string Sha256)
{
    /// <summary>The reference to a file under <paramref name="folder"/>, which is read to hash it.</summary>
    /// <exception cref="InputException">The file can't be read.</exception>
    public static FileReference To(string folder, string path) =>
        new(System.IO.Path.GetRelativePath(folder, path).Replace('\\', '/'), ContentHash.OfFile(path));

    /// <summary>A path that leads out of the folder would let a document from elsewhere name any file of this machine.</summary>
    internal string? Fault()
    {
        if (Path.Length == 0 || System.IO.Path.IsPathRooted(Path) || Path.Contains('\\') || Path.Contains('\0') || Path.Split('/').Contains(".."))
        {
            return $"'{Path}' is no path inside the run's folder";
        }
        return ContentHash.IsValid(Sha256) ? null : $"'{Sha256}' of '{Path}' is no lower-case hexadecimal SHA-256 of 64 digits";
    }
}
