namespace Headroom.Planning.Training;

/// <summary>Seconds of one training step, by what they go to; they add up.</summary>
/// <param name="Matrices">Products of the layers and the head, forward and backward.</param>
/// <param name="Attention">Attention's products and softmax.</param>
/// <param name="Elementwise">Norms, activations, residuals: bound by memory.</param>
/// <param name="Recomputed">All that is made again.</param>
/// <param name="Host">Waiting for kernels to be launched.</param>
/// <param name="Tensor">Collectives of tensor, context and expert parallelism.</param>
/// <param name="Bubble">Stages that wait for the first and the last micro-batches, and for the slowest stage.</param>
/// <param name="Data">Collectives over gradients and weights that nothing hides.</param>
/// <param name="Update">The optimizer.</param>
public readonly record struct TrainingTime(double Matrices, double Attention, double Elementwise, double Recomputed, double Host, double Tensor, double Bubble, double Data, double Update)
{
    /// <summary>The whole step.</summary>
    public double Seconds => Matrices + Attention + Elementwise + Recomputed + Host + Tensor + Bubble + Data + Update;
}
