using System.Buffers.Binary;
using System.Globalization;
using Headroom.Data.Columns;
using Headroom.Data.Sources;
using Headroom.Evidence;

namespace Headroom.Data.Readers;

/// <summary>Images and labels in the IDX format of MNIST (yann.lecun.com/exdb/mnist), plain or gzipped: columns <c>image</c> and <c>label</c>.</summary>
[Reader("idx")]
public sealed class IdxReader : Reader
{
    private const int LargestSide = 16_384;
    private const int MostPixels = 1 << 26;

    /// <summary>The file of images: unsigned bytes, <c>[rows, height, width]</c> or <c>[rows, channels, height, width]</c>.</summary>
    public string? Images { get; init; }

    /// <summary>The file of labels: unsigned bytes, <c>[rows]</c>; without it there is no label.</summary>
    public string? Labels { get; init; }

    /// <summary>The classes' names by number; by default the numbers themselves.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <inheritdoc/>
    public override RowSource Open(CancellationToken cancellation = default)
    {
        var images = Locate(Images, "images", cancellation);
        var labels = Labels is null ? null : Locate(Labels, "labels", cancellation);
        List<ColumnSpec> columns = [new("image", ColumnKind.Image)];
        if (labels is not null)
        {
            columns.Add(new ColumnSpec("label", ColumnKind.Category, ColumnRole.Label));
        }
        return new RowSource(new Schema(columns), Rows(images, labels), images);
    }

    private IEnumerable<Row> Rows(string images, string? labels)
    {
        using var stream = InputFile.Open(images);
        var dims = Header(stream, images, [3, 4]);
        var (channels, height, width) = dims.Length == 4 ? (dims[1], dims[2], dims[3]) : (1, dims[1], dims[2]);
        if (height is 0 or > LargestSide || width is 0 or > LargestSide || channels is not (1 or 3 or 4) || (long)channels * height * width > MostPixels)
        {
            throw new InputException(images, $"the header states images of [{channels}, {height}, {width}]", $"Images have 1, 3 or 4 channels and sides of 1 to {LargestSide}; the file is corrupt or something else.");
        }
        using var labelStream = labels is null ? null : InputFile.Open(labels);
        var labelRows = labelStream is null ? dims[0] : Header(labelStream, labels!, [1])[0];
        if (labelRows != dims[0])
        {
            throw new InputException(labels!, $"the header states {labelRows} labels, that of {images} {dims[0]} images", "Give the two files of one set.");
        }
        // Rows are allocated one by one as their bytes arrive, so that a header that promises more than there is costs nothing.
        var label = new byte[1];
        HashSet<string> seen = [];
        for (var row = 0; row < dims[0]; row++)
        {
            var origin = new Origin(images, row + 1);
            var pixels = new byte[channels * height * width];
            ReadExactly(stream, pixels, images, row, dims[0]);
            var image = Cell.Of(new Pixels(pixels, channels, height, width));
            if (labelStream is null)
            {
                yield return new Row([image], origin);
                continue;
            }
            ReadExactly(labelStream, label, labels!, row, dims[0]);
            var name = Readers.ClassNames.Of(label[0].ToString(CultureInfo.InvariantCulture), ClassNames, new Origin(labels!, row + 1));
            seen.Add(name);
            yield return new Row([image, Cell.Of(name)], origin);
        }
        NoMore(stream, images, dims[0]);
        if (labelStream is not null)
        {
            NoMore(labelStream, labels!, dims[0]);
            // A file without any rows is refused for that, not for what it lacks.
            for (var k = 0; k < (dims[0] > 0 ? ClassNames?.Count ?? 0 : 0); k++)
            {
                if (!seen.Contains(ClassNames![k]))
                {
                    throw new InputException(labels!, $"the class '{ClassNames[k]}' (number {k}) labels no image", "Take it out of class_names, or give the file that has it.");
                }
            }
        }
    }

    // Two zero bytes, the element type (8: unsigned byte), the number of dimensions, then each as a big-endian 32-bit number.
    private static int[] Header(Stream stream, string path, int[] ranks)
    {
        var head = new byte[4];
        if (stream.ReadAtLeast(head, 4, false) < 4 || head[0] != 0 || head[1] != 0 || head[2] != 8 || !ranks.Contains(head[3]))
        {
            throw new InputException(path, $"the file starts with {Convert.ToHexString(head)}, not with an IDX header of unsigned bytes in {string.Join(" or ", ranks)} dimensions", "Give an IDX file, for instance train-images-idx3-ubyte.gz.");
        }
        var sizes = new byte[4 * head[3]];
        if (stream.ReadAtLeast(sizes, sizes.Length, false) < sizes.Length)
        {
            throw new InputException(path, "the file ends within its header", "Fetch the file again.");
        }
        var dims = new int[head[3]];
        for (var i = 0; i < dims.Length; i++)
        {
            dims[i] = BinaryPrimitives.ReadInt32BigEndian(sizes.AsSpan(4 * i));
            if (dims[i] < 0)
            {
                throw new InputException(path, $"dimension {i + 1} of the header is {(uint)dims[i]}", "The file is corrupt; fetch it again.");
            }
        }
        return dims;
    }

    private static void ReadExactly(Stream stream, byte[] buffer, string path, int row, int rows)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, false) < buffer.Length)
        {
            throw new InputException(path, $"the file ends within row {row + 1} of the {rows} that its header states", "Fetch the file again.");
        }
    }

    private static void NoMore(Stream stream, string path, int rows)
    {
        if (stream.ReadByte() >= 0)
        {
            throw new InputException(path, $"there are more bytes after the {rows} rows that the header states", "The file is corrupt; fetch it again.");
        }
    }
}
