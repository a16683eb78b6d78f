namespace Headroom.Data.Columns;

/// <summary>Rows that stream by, once, under a schema that is known before the first of them.</summary>
public sealed record RowSource(Schema Schema, IEnumerable<Row> Rows, string Name);
