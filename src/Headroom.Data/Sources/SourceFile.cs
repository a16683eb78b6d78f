namespace Headroom.Data.Sources;

/// <summary>A file that can be fetched.</summary>
/// <param name="File">Its path under the data folder, with forward slashes.</param>
/// <param name="Sha256">Of the file's bytes; of a packed folder, <see cref="Tarball.ContentHash"/> over its files. Lower-case hex.</param>
/// <param name="Source">Where it is: https (or file) address of the file itself, or of a <c>.tar.gz</c> that holds <paramref name="Subfolder"/>.</param>
/// <param name="Subfolder">The folder within the archive at <paramref name="Source"/> whose files are kept, packed as <paramref name="File"/> (a <c>.tar.gz</c>).</param>
public sealed record SourceFile(string File, string Sha256, Uri Source, string? Subfolder = null);
