namespace Headroom.Planning.Vision.Rows;

/// <summary>A measured row of an image network, read.</summary>
/// <param name="Network">What one image takes.</param>
/// <param name="Device">The device as the row names it.</param>
/// <param name="Run">How it was run.</param>
/// <param name="ImagesPerSecond">What was measured.</param>
public sealed record VisionQuestion(ImageNetwork Network, string Device, VisionRun Run, double ImagesPerSecond);
