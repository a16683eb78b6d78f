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

    /// <summary><c>fp32[32, 128]</c>.</summary>
    public override string ToString() => Element.ShortName() + Shape;
}
