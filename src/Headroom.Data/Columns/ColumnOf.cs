using System.Runtime.InteropServices;

namespace Headroom.Data.Columns;

/// <summary>A column over a growing list of one element type.</summary>
public abstract class ColumnOf<T>(ColumnSpec spec) : Column(spec)
{
    private protected List<T> Items { get; private set; } = [];

    public sealed override int Rows => Items.Count;

    /// <summary>The values, by row.</summary>
    public ReadOnlySpan<T> Values => CollectionsMarshal.AsSpan(Items);

    private protected abstract ColumnOf<T> Empty();

    internal sealed override Column Take(ReadOnlySpan<int> rows)
    {
        var taken = Empty();
        taken.Items = new List<T>(rows.Length);
        foreach (var row in rows)
        {
            taken.Items.Add(Items[row]);
        }
        return taken;
    }

    internal sealed override Column Append(Column other)
    {
        var both = Empty();
        both.Items = [.. Items, .. ((ColumnOf<T>)other).Items];
        return both;
    }
}
