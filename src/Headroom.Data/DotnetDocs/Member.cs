namespace Headroom.Data.DotnetDocs;

/// <summary>A documented member: its id as C# writes it (<c>M:System.String.Trim</c>), its summary in plain text, and the file's number and line.</summary>
internal readonly record struct Member(string Id, string Summary, int File, int Line);
