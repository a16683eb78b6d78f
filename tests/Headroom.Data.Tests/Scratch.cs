using System.IO.Compression;
using System.Text;
using Headroom.Data.Columns;
using Headroom.Data.Readers;
using Headroom.Data.Sources;
using Headroom.Evidence;
using SkiaSharp;

namespace Headroom.Data.Tests;

/// <summary>A temporary folder of one test, and small files in it.</summary>
internal sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("headroom-data-").FullName;

    public string Path(string name) => System.IO.Path.Combine(Folder, name);

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        var path = Path(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        return memory.ToArray();
    }

    public static byte[] Image(int width, int height, Func<int, int, SKColor> color, SKEncodedImageFormat format = SKEncodedImageFormat.Png, bool grey = false)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, grey ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                bitmap.SetPixel(x, y, color(x, y));
            }
        }
        using var data = bitmap.Encode(format, 95);
        return data.ToArray();
    }

    public static byte[] Idx(int[] dims, byte[] values) =>
        [0, 0, 8, (byte)dims.Length, .. dims.SelectMany(d => new[] { (byte)(d >> 24), (byte)(d >> 16), (byte)(d >> 8), (byte)d }), .. values];

    public static Dataset Of(Schema schema, params IEnumerable<Cell[]> rows) =>
        Dataset.Collect(new RowSource(schema, rows.Select((r, i) => new Row(r, new Origin("made", i + 1))), "made"));

    public static Dataset Texts(params IEnumerable<(string Text, string Label)> rows) => Of(
        new Schema(new ColumnSpec("text", ColumnKind.Text), new ColumnSpec("label", ColumnKind.Category, ColumnRole.Label)),
        rows.Select(r => new[] { Cell.Of(r.Text), Cell.Of(r.Label) }));

    public static string Fails(Action action) => Assert.Throws<InputException>(action).Message;

    public static string Given(string path)
    {
        if (DataFolders.Given is not { } folder)
        {
            Assert.Skip($"{DataFolders.Variable} is not set: {path} is not read.");
            return "";
        }
        var full = System.IO.Path.Combine(folder, path);
        if (!File.Exists(full))
        {
            Assert.Skip($"{full} is not there.");
        }
        return full;
    }

    public static Dataset Read(Reader reader) => reader.Read(TestContext.Current.CancellationToken);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
