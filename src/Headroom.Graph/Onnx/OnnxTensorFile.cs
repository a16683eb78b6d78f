using Headroom.Evidence;

namespace Headroom.Graph.Onnx;

/// <summary>Reads a tensor that stands alone in a file (<c>TensorProto</c>, <c>input_0.pb</c>), as ONNX's test data are kept.</summary>
public static class OnnxTensorFile
{
    /// <exception cref="InputException">The file can't be read, or holds no tensor of a supported type.</exception>
    public static (string Name, TensorData Data) Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Reading(path, e);
        }
        try
        {
            return TensorReader.ReadAlone(bytes, new OnnxSource(Path.GetFileName(path), Path.GetDirectoryName(Path.GetFullPath(path))));
        }
        catch (WireException e)
        {
            throw new InputException(path, $"this is not a whole ONNX tensor: {e.Message}.", "Check that the file is a TensorProto and was copied whole.");
        }
    }
}
