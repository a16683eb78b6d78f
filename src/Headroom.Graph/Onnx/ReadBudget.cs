namespace Headroom.Graph.Onnx;

/// <summary>
/// What reading a file may allocate: a few times the bytes that are there. A hostile file may consist of a million parts of two bytes each, every one of which takes a hundred in memory; it is refused here,
/// before they are made. Files of models stay far below: their bytes are weights, and their nodes have names.
/// </summary>
internal sealed class ReadBudget(long fileBytes)
{
    private long _left = (3 * fileBytes) + (48L << 20);

    /// <exception cref="WireException">Too much has been asked for.</exception>
    public void Charge(long bytes)
    {
        if ((_left -= bytes) < 0) throw new WireException("its parts would take many times the file's size in memory, which those of a model don't");
    }
}
