namespace Headroom.Data.Columns;

/// <summary>Where a row came from: a file (or an archive's entry) and a line counted from 1; line 0 where lines mean nothing.</summary>
public readonly record struct Origin(string File, long Line = 0)
{
    public override string ToString() => Line > 0 ? $"{File}, line {Line}" : File;
}
