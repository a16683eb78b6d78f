using System.Buffers.Binary;
using Headroom.Data.Columns;
using Headroom.Evidence;

namespace Headroom.Data;

/// <summary>Rows in memory, by column, under a schema; immutable once collected.</summary>
public sealed class Dataset
{
    private readonly Column[] columns;
    private readonly Origin[] origins;
    private readonly Lazy<string> fingerprint;

    private Dataset(string name, Schema schema, Column[] columns, Origin[] origins)
    {
        (Name, Schema, this.columns, this.origins) = (name, schema, columns, origins);
        fingerprint = new Lazy<string>(ComputeFingerprint);
    }

    public string Name { get; }

    public Schema Schema { get; }

    public int Rows => origins.Length;

    /// <summary>SHA-256, in lower-case hex, over names, kinds, roles and every value in row order: the same on every machine, whatever the files were called.</summary>
    public string Fingerprint => fingerprint.Value;

    /// <exception cref="InputException">There is no such column.</exception>
    public Column this[string name] => columns[Schema.IndexOf(name, Name)];

    /// <summary>The file and line of a row.</summary>
    public Origin OriginOf(int row) => origins[row];

    /// <summary>The column as texts or category names.</summary>
    /// <exception cref="InputException">There is no such column, or it is of another kind.</exception>
    public TextColumn Texts(string name) => Typed<TextColumn>(name, "text or category");

    /// <summary>The column as numbers.</summary>
    /// <exception cref="InputException">There is no such column, or it is of another kind.</exception>
    public NumberColumn Numbers(string name) => Typed<NumberColumn>(name, "number");

    /// <summary>The column as images.</summary>
    /// <exception cref="InputException">There is no such column, or it is of another kind.</exception>
    public ImageColumn Images(string name) => Typed<ImageColumn>(name, "image");

    /// <summary>Reads all rows of a source into memory.</summary>
    /// <exception cref="InputException">The source has no rows, or a row is broken.</exception>
    public static Dataset Collect(RowSource source, CancellationToken cancellation = default)
    {
        var columns = source.Schema.Columns.Select(Column.Create).ToArray();
        var origins = new List<Origin>();
        foreach (var row in source.Rows)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i].Append(row.Cells[i], row.Origin);
            }
            origins.Add(row.Origin);
        }
        if (origins.Count == 0)
        {
            throw new InputException(source.Name, "there are no rows", "Check that the file is the right one and holds more than a header.");
        }
        return new Dataset(source.Name, source.Schema, columns, [.. origins]);
    }

    /// <summary>The named rows, in the given order.</summary>
    public Dataset Take(ReadOnlySpan<int> rows)
    {
        var taken = new Column[columns.Length];
        for (var i = 0; i < taken.Length; i++)
        {
            taken[i] = columns[i].Take(rows);
        }
        var from = new Origin[rows.Length];
        for (var i = 0; i < from.Length; i++)
        {
            from[i] = origins[rows[i]];
        }
        return new Dataset(Name, Schema, taken, from);
    }

    /// <summary>These rows and then the other's, whose columns must have the same names and kinds.</summary>
    /// <exception cref="InputException">The columns differ.</exception>
    public Dataset Append(Dataset other)
    {
        foreach (var spec in Schema.Columns)
        {
            var theirs = other[spec.Name].Spec;
            if (theirs.Kind != spec.Kind)
            {
                throw new InputException(other.Name, $"column '{spec.Name}' holds {theirs.Kind}, in {Name} it holds {spec.Kind}", "State its kind under 'kinds' for both files.");
            }
        }
        if (columns.OfType<ImageColumn>().Any(c => c.Values[0].Shape != other.Images(c.Spec.Name).Values[0].Shape))
        {
            throw new InputException(other.Name, $"its images differ in shape from those of {Name}", "Give 'resize: [height, width]' to bring all to one size.");
        }
        return new Dataset(Name, Schema, [.. Schema.Columns.Select(c => this[c.Name].Append(other[c.Name]))], [.. origins, .. other.origins]);
    }

    /// <summary>The same rows with one column's role changed.</summary>
    public Dataset WithRole(string column, ColumnRole role) => new(Name, Schema.WithRole(column, role), columns, origins);

    /// <summary>For each row, 128 bits of SHA-256 over its input columns.</summary>
    public UInt128[] InputHashes()
    {
        var inputs = Schema.Inputs.Select(c => this[c.Name]).ToArray();
        if (inputs.Length == 0)
        {
            throw new InputException(Name, "no column is an input", "Leave at least one column besides the label, the group and the time.");
        }
        using var hash = new HashWriter();
        var hashes = new UInt128[Rows];
        for (var row = 0; row < hashes.Length; row++)
        {
            foreach (var input in inputs)
            {
                input.AddTo(hash, row);
            }
            hashes[row] = BinaryPrimitives.ReadUInt128LittleEndian(hash.Finish());
        }
        return hashes;
    }

    private T Typed<T>(string name, string kind) where T : Column => this[name] as T
        ?? throw new InputException(Name, $"column '{name}' holds {this[name].Spec.Kind}, not {kind}", "State its kind under 'kinds'.");

    private string ComputeFingerprint()
    {
        using var hash = new HashWriter();
        hash.Add("headroom dataset 1");
        hash.Add(Rows);
        foreach (var (spec, column) in Schema.Columns.Zip(columns))
        {
            hash.Add(spec.Name);
            hash.Add(spec.Kind.ToString());
            hash.Add(spec.Role.ToString());
            for (var row = 0; row < Rows; row++)
            {
                column.AddTo(hash, row);
            }
        }
        return Convert.ToHexStringLower(hash.Finish());
    }
}
