namespace Headroom.Data.Columns;

/// <summary>One row as a reader yields it: a cell for each column of its schema.</summary>
public readonly record struct Row(Cell[] Cells, Origin Origin);
