namespace Headroom.Graph.HuggingFace;

/// <summary>How the file keeps its matrices, where not in the model's element type.</summary>
/// <param name="Method"><c>fp8</c>, <c>mxfp4</c>, or another name that the file gives.</param>
/// <param name="BlockRows">Rows that share a scale, of <c>fp8</c>; 0 where a matrix has one.</param>
/// <param name="BlockColumns">Columns that share it.</param>
public sealed record QuantizationConfig(string Method, int BlockRows, int BlockColumns);
