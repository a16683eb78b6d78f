namespace Headroom.Data.Sources;

/// <summary>A file's path within its folder or archive, with forward slashes, and its bytes.</summary>
public readonly record struct FileBytes(string Name, byte[] Bytes);
