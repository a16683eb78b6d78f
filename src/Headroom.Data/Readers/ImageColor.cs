namespace Headroom.Data.Readers;

/// <summary>How pixels are kept.</summary>
public enum ImageColor
{
    /// <summary>Three channels: red, green, blue.</summary>
    Rgb,

    /// <summary>One channel of luma; a colour image is weighted as ITU-R BT.601 says.</summary>
    Grey,
}
