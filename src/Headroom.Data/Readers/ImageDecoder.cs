using Headroom.Data.Columns;
using Headroom.Evidence;
using SkiaSharp;

namespace Headroom.Data.Readers;

/// <summary>Decodes PNG and JPEG into planes of eight-bit values.</summary>
public static class ImageDecoder
{
    /// <summary>The largest height or width that is decoded, in pixels.</summary>
    public const int LargestSide = 8_192;

    private const long MostPixels = 1 << 25;

    // Deflate packs at most 1,032 bytes into one, a byte of PNG at most 8 pixels: a header that states more is not believed.
    private const long MostPixelsPerByte = 8 * 1_032;

    /// <summary>Decodes an image to <c>[1 or 3, height, width]</c>; transparent pixels are laid over black.</summary>
    /// <param name="bytes">The file's bytes.</param>
    /// <param name="color">Grey or colour.</param>
    /// <param name="resize"><c>[height, width]</c> to scale to, or null.</param>
    /// <param name="origin">What errors name.</param>
    /// <exception cref="InputException">The bytes are no whole image, or its sides are over <see cref="LargestSide"/>.</exception>
    public static Pixels Decode(byte[] bytes, ImageColor color, IReadOnlyList<int>? resize, in Origin origin)
    {
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data) ?? throw new InputException(origin.ToString(), "the file is no PNG or JPEG image, or its header is corrupt", "Replace or remove the file.");
        var (height, width) = (codec.Info.Height, codec.Info.Width);
        if (height is < 1 or > LargestSide || width is < 1 or > LargestSide)
        {
            throw new InputException(origin.ToString(), $"the image is {height} x {width} pixels", $"The largest side is {LargestSide}; scale the image down.");
        }
        if ((long)height * width > Math.Min(MostPixels, MostPixelsPerByte * bytes.Length))
        {
            throw new InputException(origin.ToString(), $"its header states {height} x {width} pixels, the file has {bytes.Length} bytes", $"An image has at most {MostPixels} pixels; replace or scale it down.");
        }
        // A grey image decodes straight to one plane; everything else goes through RGBA.
        var grey = codec.Info.ColorType == SKColorType.Gray8;
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, grey ? SKColorType.Gray8 : SKColorType.Rgba8888, grey ? SKAlphaType.Opaque : SKAlphaType.Premul));
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
        {
            throw new InputException(origin.ToString(), $"the image is corrupt or cut off ({result})", "Replace or remove the file.");
        }
        if (resize is null || (resize[0] == height && resize[1] == width))
        {
            return Planes(bitmap, color);
        }
        using var scaled = bitmap.Resize(new SKImageInfo(resize[1], resize[0], bitmap.ColorType, bitmap.AlphaType), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        return scaled is null ? throw new InputException(origin.ToString(), "the image cannot be scaled", "Scale it beforehand.") : Planes(scaled, color);
    }

    private static Pixels Planes(SKBitmap bitmap, ImageColor color)
    {
        var (height, width) = (bitmap.Height, bitmap.Width);
        var channels = color == ImageColor.Grey ? 1 : 3;
        var values = new byte[channels * height * width];
        var source = bitmap.GetPixelSpan();
        var plane = height * width;
        for (var y = 0; y < height; y++)
        {
            var line = source.Slice(y * bitmap.RowBytes, width * bitmap.BytesPerPixel);
            for (var x = 0; x < width; x++)
            {
                var at = (y * width) + x;
                if (bitmap.BytesPerPixel == 1)
                {
                    for (var c = 0; c < channels; c++)
                    {
                        values[(c * plane) + at] = line[x];
                    }
                }
                else if (channels == 1)
                {
                    // BT.601 luma in 16-bit fixed point, rounded; the weights add up to 65,536, so white stays white.
                    values[at] = (byte)(((19595 * line[4 * x]) + (38470 * line[(4 * x) + 1]) + (7471 * line[(4 * x) + 2]) + 32768) >> 16);
                }
                else
                {
                    (values[at], values[plane + at], values[(2 * plane) + at]) = (line[4 * x], line[(4 * x) + 1], line[(4 * x) + 2]);
                }
            }
        }
        return new Pixels(values, channels, height, width);
    }
}
