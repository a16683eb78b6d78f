using Headroom.Evidence;

namespace Headroom.Data.Columns;

/// <summary>Images of one shape.</summary>
public sealed class ImageColumn(ColumnSpec spec) : ColumnOf<Pixels>(spec)
{
    public override string? Show(int row) => Values[row].Shape;

    public override void AddTo(HashWriter hash, int row)
    {
        var image = Values[row];
        hash.Add(image.Channels);
        hash.Add(image.Height);
        hash.Add(image.Width);
        hash.Add(image.Values);
    }

    internal override void Append(in Cell cell, in Origin origin)
    {
        var image = cell.Image!;
        if (Items.Count > 0 && Items[0].Shape != image.Shape)
        {
            throw new InputException(origin.ToString(), $"the image is {image.Shape}, the first one is {Items[0].Shape}", "Give 'resize: [height, width]' to bring all to one size.");
        }
        Items.Add(image);
    }

    private protected override ColumnOf<Pixels> Empty() => new ImageColumn(Spec);
}
