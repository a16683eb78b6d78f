namespace Headroom.Data.Columns;

/// <summary>A column's name, what its values are, and what it is for.</summary>
public sealed record ColumnSpec(string Name, ColumnKind Kind, ColumnRole Role = ColumnRole.Input);
