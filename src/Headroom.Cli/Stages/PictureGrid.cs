using Headroom.Evidence;
using SkiaSharp;

namespace Headroom.Cli.Stages;

/// <summary>Many small pictures as one PNG.</summary>
internal static class PictureGrid
{
    private const int Scale = 2, Gap = 2;

    /// <param name="path">Where to.</param>
    /// <param name="pictures">Pixels from -1 to 1, <c>[rows · columns or more, channels, height, width]</c>; the first rows · columns are shown, row by row.</param>
    /// <param name="shape"><c>[channels, height, width]</c>; 1 channel is grey, 3 are red, green and blue.</param>
    /// <param name="rows">Of the grid.</param>
    /// <param name="columns">Of the grid.</param>
    /// <exception cref="InputException">The file can't be written.</exception>
    public static void Write(string path, float[] pictures, IReadOnlyList<int> shape, int rows, int columns)
    {
        (int channels, int height, int width) = (shape[0], shape[1], shape[2]);
        using var bitmap = new SKBitmap(columns * (width * Scale + Gap) + Gap, rows * (height * Scale + Gap) + Gap);
        bitmap.Erase(SKColors.White);
        for (int i = 0; i < rows * columns; i++)
        {
            int left = Gap + i % columns * (width * Scale + Gap), top = Gap + i / columns * (height * Scale + Gap);
            for (int y = 0; y < height * Scale; y++)
                for (int x = 0; x < width * Scale; x++)
                {
                    byte Channel(int c) => (byte)Math.Clamp((pictures[((i * channels + c) * height + y / Scale) * width + x / Scale] + 1) * 127.5f + 0.5f, 0, 255);
                    bitmap.SetPixel(left + x, top + y, channels >= 3 ? new SKColor(Channel(0), Channel(1), Channel(2)) : new SKColor(Channel(0), Channel(0), Channel(0)));
                }
        }
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        AtomicFile.WriteBytes(path, png.ToArray());
    }
}
