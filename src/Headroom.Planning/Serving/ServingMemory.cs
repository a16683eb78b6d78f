namespace Headroom.Planning.Serving;

/// <summary>Bytes on the fullest accelerator while it serves, by part.</summary>
/// <param name="Weights">In the type they are stored in.</param>
/// <param name="Cache">Keys and values of all sequences at their full length.</param>
/// <param name="Activations">Of the largest pass.</param>
/// <param name="Runtime">The driver's context and communication buffers.</param>
/// <param name="Capacity">What may be used; null where the catalogue has no memory size.</param>
public readonly record struct ServingMemory(double Weights, double Cache, double Activations, double Runtime, double? Capacity)
{
    /// <summary>All of it.</summary>
    public double Total => Weights + Cache + Activations + Runtime;

    /// <summary>Whether it fits; unknown sizes are taken to fit.</summary>
    public bool Fits => !(Total > Capacity);
}
