namespace Headroom.Planning.Vision;

/// <summary>Seconds of one pass of an image network, by what they go to.</summary>
/// <param name="Matrix">Convolutions and matrix products.</param>
/// <param name="Traffic">Activations that cross memory.</param>
/// <param name="Weights">Weights read, and updated where it trains.</param>
/// <param name="Launch">Kernel launches and the host.</param>
/// <param name="Overlapped">Matrix work and activation traffic together, less what they overlap.</param>
public readonly record struct VisionTime(double Matrix, double Traffic, double Weights, double Launch, double Overlapped)
{
    /// <summary>The whole pass in seconds.</summary>
    public double Seconds => Overlapped + Weights + Launch;
}
