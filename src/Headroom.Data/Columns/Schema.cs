using Headroom.Evidence;

namespace Headroom.Data.Columns;

/// <summary>The columns of a dataset, in order; names are unique.</summary>
public sealed class Schema
{
    private readonly Dictionary<string, int> indices = new(StringComparer.Ordinal);

    /// <exception cref="InputException">Two columns bear one name, or a name is empty.</exception>
    public Schema(params IEnumerable<ColumnSpec> columns)
    {
        Columns = [.. columns];
        for (var i = 0; i < Columns.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(Columns[i].Name))
            {
                throw new InputException("columns", $"column {i + 1} has no name", "Name every column, in the header or under 'columns'.");
            }
            if (!indices.TryAdd(Columns[i].Name, i))
            {
                throw new InputException("columns", $"'{Columns[i].Name}' names column {indices[Columns[i].Name] + 1} and column {i + 1}", "Give each column a name of its own.");
            }
        }
    }

    public IReadOnlyList<ColumnSpec> Columns { get; }

    /// <summary>The columns that the model sees.</summary>
    public IEnumerable<ColumnSpec> Inputs => Columns.Where(c => c.Role == ColumnRole.Input);

    /// <summary>The one column to predict, or null.</summary>
    public ColumnSpec? Label => Columns.FirstOrDefault(c => c.Role == ColumnRole.Label);

    public bool Has(string name) => indices.ContainsKey(name);

    /// <summary>The column's place.</summary>
    /// <exception cref="InputException">There is no such column; the message names the nearest one.</exception>
    public int IndexOf(string name, string where = "columns") => indices.TryGetValue(name, out var index) ? index : throw Missing(name, Columns.Select(c => c.Name), where);

    /// <summary>The same columns with one role changed.</summary>
    public Schema WithRole(string name, ColumnRole role)
    {
        var index = IndexOf(name);
        return new Schema(Columns.Select((c, i) => i == index ? c with { Role = role } : c));
    }

    /// <summary>The columns by what they are taken as, for people to check: <c>numbers 'age'; categories 'work', 'sex'; label 'income'; left out 'id'</c>.</summary>
    /// <param name="leftOut">Columns of the file that were not read.</param>
    public string Describe(IReadOnlyList<string>? leftOut = null)
    {
        string[] Inputs(params ColumnKind[] kinds) => [.. this.Inputs.Where(c => kinds.Contains(c.Kind)).Select(c => c.Name)];
        string[] Role(ColumnRole role) => [.. Columns.Where(c => c.Role == role).Select(c => c.Name)];
        (string What, IReadOnlyList<string> Names)[] parts =
        [
            ("numbers", Inputs(ColumnKind.Number, ColumnKind.Integer, ColumnKind.Time)), ("categories", Inputs(ColumnKind.Category)), ("text", Inputs(ColumnKind.Text)), ("images", Inputs(ColumnKind.Image)),
            ("label", Role(ColumnRole.Label)), ("group", Role(ColumnRole.Group)), ("time", Role(ColumnRole.Time)), ("notes, not trained on", Role(ColumnRole.Note)), ("left out", leftOut ?? []),
        ];
        return string.Join("; ", parts.Where(p => p.Names.Count > 0).Select(p => $"{p.What} {NameList.Of(p.Names)}"));
    }

    internal static InputException Missing(string name, IEnumerable<string> names, string where)
    {
        var all = names.ToArray();
        var remedy = $"{NearestName.Hint(name, all)} The columns are {NameList.Of(all)}.".TrimStart();
        return new InputException(where, $"there is no column '{name}'", remedy);
    }
}
