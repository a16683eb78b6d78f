namespace Headroom.Data.Readers;

/// <summary>What makes a row of plain text.</summary>
public enum TextUnit
{
    Line,
    Paragraph,
    Document,
}
