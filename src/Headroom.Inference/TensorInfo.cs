using System.Collections.Immutable;
using Headroom.Graph;

namespace Headroom.Inference;

/// <summary>An input or output as the file declares it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Element">Its element type.</param>
/// <param name="Dimensions">Extents; a name, or an empty name where the file gives none, for one that varies.</param>
public sealed record TensorInfo(string Name, ElementType Element, ImmutableArray<Dimension> Dimensions)
{
    /// <summary>Whether the first extent varies, so that rows can be fed in batches of any size.</summary>
    public bool HasFreeBatch => Dimensions.Length > 0 && Dimensions[0].Name is not null;

    /// <summary>Whether a shape fits.</summary>
    public bool Takes(Shape shape)
    {
        if (shape.Rank != Dimensions.Length) return false;
        for (int i = 0; i < shape.Rank; i++) if (Dimensions[i].Name is null && Dimensions[i].Extent != shape[i]) return false;
        return true;
    }

    public override string ToString() => $"{Name}: {Element.ShortName()}[{string.Join(", ", Dimensions.Select(d => d.Name is "" ? "?" : d.ToString()))}]";
}
