namespace Headroom.Data.Columns;

/// <summary>Texts or category names; null where missing.</summary>
public sealed class TextColumn(ColumnSpec spec) : ColumnOf<string?>(spec)
{
    // A category's few names are kept once, not once a row.
    private readonly Dictionary<string, string>? pool = spec.Kind == ColumnKind.Category ? new(StringComparer.Ordinal) : null;

    public override string? Show(int row) => Values[row];

    public override void AddTo(HashWriter hash, int row) => hash.Add(Values[row]);

    internal override void Append(in Cell cell, in Origin origin)
    {
        var text = cell.Text;
        if (text is not null && pool is not null && !pool.TryAdd(text, text))
        {
            text = pool[text];
        }
        Items.Add(text);
    }

    private protected override ColumnOf<string?> Empty() => new TextColumn(Spec);
}
