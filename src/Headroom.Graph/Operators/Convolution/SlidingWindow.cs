namespace Headroom.Graph.Operators;

/// <summary>A window's geometry over the spatial axes of an input <c>[batch, channels, extents...]</c>, everything resolved: one entry an axis.</summary>
/// <param name="Kernel">Extents of the window, in elements that are read.</param>
/// <param name="Strides">Steps from one window to the next.</param>
/// <param name="Dilations">Steps from one element of the window to the next.</param>
/// <param name="Before">Padding before the first element.</param>
/// <param name="After">Padding behind the last element.</param>
/// <param name="Input">Extents of the input.</param>
/// <param name="Output">Extents of the output: how many windows there are.</param>
public sealed record SlidingWindow(long[] Kernel, long[] Strides, long[] Dilations, long[] Before, long[] After, long[] Input, long[] Output)
{
    /// <summary>Spatial axes: 1 to 3.</summary>
    public int Axes => Kernel.Length;

    /// <summary>Elements that one window reads.</summary>
    public long KernelElements => Product(Kernel);

    public long InputElements => Product(Input);

    public long OutputElements => Product(Output);

    /// <summary>Padding is the same on both sides of each axis.</summary>
    public bool Symmetric => Before.AsSpan().SequenceEqual(After);

    private static long Product(long[] extents) => extents.Aggregate(1L, (product, extent) => checked(product * extent));
}
