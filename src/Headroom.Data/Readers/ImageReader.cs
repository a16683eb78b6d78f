using Headroom.Data.Columns;
using Headroom.Data.Sources;
using Headroom.Evidence;

namespace Headroom.Data.Readers;

/// <summary>PNG and JPEG images in a folder for each class, or a <c>.tar.gz</c> of such folders: columns <c>image</c> and <c>label</c>.</summary>
/// <remarks>The label is the name of the folder that holds the image. A folder is read in ordinal order of its paths, an archive in its own order.</remarks>
[Reader("images")]
public sealed class ImageReader : Reader
{
    private const int Chunk = 512;
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    /// <summary>The folder, or the <c>.tar.gz</c> or <c>.tar</c>.</summary>
    public string? Path { get; init; }

    /// <summary>Whether pixels are grey (1 channel) or red, green, blue (3).</summary>
    public ImageColor Color { get; init; } = ImageColor.Rgb;

    /// <summary>The size to bring every image to, <c>[height, width]</c>; without it all must have one size.</summary>
    public IReadOnlyList<int>? Resize { get; init; }

    /// <summary>The classes' names, where folders are numbered: folder 3 is the fourth.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <inheritdoc/>
    public override void Check()
    {
        if (Resize is not null && (Resize.Count != 2 || Resize.Any(s => s is < 1 or > ImageDecoder.LargestSide)))
        {
            throw new InputException("data.resize", $"[{string.Join(", ", Resize)}] is no size", $"Give [height, width], each 1 to {ImageDecoder.LargestSide}.");
        }
    }

    /// <inheritdoc/>
    public override RowSource Open(CancellationToken cancellation = default)
    {
        Check();
        var path = Locate(Path, cancellation: cancellation);
        var schema = new Schema(new ColumnSpec("image", ColumnKind.Image), new ColumnSpec("label", ColumnKind.Category, ColumnRole.Label));
        return new RowSource(schema, Rows(path, cancellation), path);
    }

    private IEnumerable<Row> Rows(string path, CancellationToken cancellation)
    {
        var files = Directory.Exists(path) ? FolderFiles(path) : Tarball.Files(path, IsImage);
        var any = false;
        foreach (var chunk in files.Chunk(Chunk))
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = new Row[chunk.Length];
            try
            {
                Parallel.For(0, rows.Length, new ParallelOptions { CancellationToken = cancellation }, i => rows[i] = RowOf(path, chunk[i]));
            }
            catch (AggregateException e) when (e.InnerExceptions.OfType<InputException>().Any())
            {
                throw e.InnerExceptions.OfType<InputException>().OrderBy(x => x.Message, StringComparer.Ordinal).First();
            }
            foreach (var row in rows)
            {
                any = true;
                yield return row;
            }
        }
        if (!any)
        {
            throw new InputException(path, "there is no PNG or JPEG image in it", "Lay the images out as <class>/<name>.png.");
        }
    }

    private Row RowOf(string path, in FileBytes file)
    {
        var origin = new Origin($"{path}/{file.Name}");
        var parts = file.Name.Split('/');
        if (parts.Length < 2)
        {
            throw new InputException(origin.ToString(), "the image lies in no class folder", "Lay the images out as <class>/<name>.png.");
        }
        var label = Readers.ClassNames.Of(parts[^2], ClassNames, origin);
        return new Row([Cell.Of(ImageDecoder.Decode(file.Bytes, Color, Resize, origin)), Cell.Of(label)], origin);
    }

    private static bool IsImage(string name) =>
        Extensions.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)) && !name[(name.LastIndexOf('/') + 1)..].StartsWith('.');

    private static IEnumerable<FileBytes> FolderFiles(string folder)
    {
        try
        {
            return ListFolder(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{folder}: the folder cannot be read: {e.Message}", e);
        }
    }

    // A class folder without an image is a mistake that a label audit could not see later.
    private static IEnumerable<FileBytes> ListFolder(string folder)
    {
        var names = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => System.IO.Path.GetRelativePath(folder, f).Replace('\\', '/')).Where(IsImage).Order(StringComparer.Ordinal).ToArray();
        foreach (var child in Directory.EnumerateDirectories(folder).Select(d => System.IO.Path.GetFileName(d)).Order(StringComparer.Ordinal))
        {
            if (!child.StartsWith('.') && !names.Any(n => n.StartsWith(child + "/", StringComparison.Ordinal)))
            {
                throw new InputException($"{folder}/{child}", "the class has no image", "Put PNG or JPEG images there, or remove the folder.");
            }
        }
        return names.Select(n => new FileBytes(n, ReadAll($"{folder}/{n}")));
    }

    private static byte[] ReadAll(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: the file cannot be read: {e.Message}", e);
        }
    }
}
