namespace Headroom.Evaluation.Baselines;

/// <summary>Images as feature rows: each pixel less its mean over the training images, divided by its standard deviation there. Pixels that never vary are 0.</summary>
public sealed class PixelRows : FeatureRows
{
    // A pixel at the edge that is lit in a handful of images would otherwise count a hundred times as much as the others.
    private const double LeastDeviation = 8;

    private readonly IReadOnlyList<byte[]> images;
    private readonly float[] mean, scale, row;
    private readonly int[] all;

    /// <summary>Training images, <c>[rows][values]</c> of equal length, by whose statistics they are standardised.</summary>
    public PixelRows(IReadOnlyList<byte[]> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        int width = images[0].Length;
        double[] sums = new double[width], squares = new double[width];
        foreach (byte[] image in images)
        {
            if (image.Length != width) throw new ArgumentException($"An image has {image.Length} values, the first one {width}.", nameof(images));
            for (int i = 0; i < width; i++)
            {
                sums[i] += image[i];
                squares[i] += image[i] * image[i];
            }
        }
        (this.images, mean, scale, row, all) = (images, new float[width], new float[width], new float[width], [.. Enumerable.Range(0, width)]);
        for (int i = 0; i < width; i++)
        {
            double m = sums[i] / images.Count, variance = Math.Max(0, (squares[i] / images.Count) - (m * m));
            mean[i] = (float)m;
            scale[i] = variance == 0 ? 0 : (float)(1 / Math.Max(Math.Sqrt(variance), LeastDeviation));
        }
    }

    private PixelRows(IReadOnlyList<byte[]> images, PixelRows fitted) =>
        (this.images, mean, scale, row, all) = (images, fitted.mean, fitted.scale, new float[fitted.row.Length], fitted.all);

    public override int Rows => images.Count;

    public override int Columns => row.Length;

    /// <summary>Other images, standardised by these ones' statistics.</summary>
    public PixelRows Like(IReadOnlyList<byte[]> others) => new(others, this);

    public override void Read(int row, out ReadOnlySpan<int> columns, out ReadOnlySpan<float> values)
    {
        byte[] image = images[row];
        for (int i = 0; i < this.row.Length; i++) this.row[i] = (image[i] - mean[i]) * scale[i];
        columns = all;
        values = this.row;
    }
}
