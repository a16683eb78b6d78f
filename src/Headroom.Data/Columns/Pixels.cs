namespace Headroom.Data.Columns;

/// <summary>An image as eight-bit values, <c>[channels, height, width]</c>, row after row.</summary>
public sealed record Pixels(byte[] Values, int Channels, int Height, int Width)
{
    public string Shape => $"[{Channels}, {Height}, {Width}]";
}
