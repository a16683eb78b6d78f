namespace Headroom.Planning.Training;

/// <summary>Bytes on the fullest accelerator at the peak of a step, by part; they add up.</summary>
/// <param name="Weights">As they are multiplied with, gathered ones too.</param>
/// <param name="Gradients">Of the weights that are trained.</param>
/// <param name="Optimizer">Its states, and the copy that it works on.</param>
/// <param name="Activations">Kept for the backward pass.</param>
/// <param name="Logits">Scores over the vocabulary and their gradients.</param>
/// <param name="Runtime">The driver's context, communication buffers, the allocator's slack.</param>
public readonly record struct TrainingMemory(double Weights, double Gradients, double Optimizer, double Activations, double Logits, double Runtime)
{
    /// <summary>All of it.</summary>
    public double Total => Weights + Gradients + Optimizer + Activations + Logits + Runtime;
}
