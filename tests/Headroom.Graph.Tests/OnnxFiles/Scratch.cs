namespace Headroom.Graph.Tests.OnnxFiles;

/// <summary>A folder that goes with the test.</summary>
internal sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("headroom-onnx-").FullName;

    public string File(string name) => Path.Join(Folder, name);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
