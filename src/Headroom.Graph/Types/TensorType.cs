using Headroom.Evidence.Quantities;

namespace Headroom.Graph;

/// <summary>Element type and static shape: all that the plan needs to know of a tensor.</summary>
public readonly record struct TensorType(ElementType Element, Shape Shape)
{
    public TensorType(ElementType element, params ReadOnlySpan<long> dims) : this(element, new Shape(dims)) { }

    public long Elements => Shape.Elements;

    /// <summary>Bytes when contiguous.</summary>
    public long Bytes => checked(Shape.Elements * Element.Size());

    public Bytes Size => new(Bytes);

    public int Rank => Shape.Rank;

    // 16 TiB: more than any machine holds, and so far below what sums of sizes can hold that they need no care.
    private const long MostBytes = 1L << 44;

    /// <summary>Whether it is larger than any machine holds; nothing in a graph is.</summary>
    internal bool IsOversized
    {
        get
        {
            try
            {
                return Bytes > MostBytes;
            }
            catch (OverflowException)
            {
                return true;
            }
        }
    }

    /// <summary><c>fp32[32, 128]</c>.</summary>
    public override string ToString() => Element.ShortName() + Shape;
}
