namespace Headroom.Planning.Training;

/// <summary>What a training framework makes of a family's rates, whatever the accelerator.</summary>
/// <param name="Name">As the calibration names it: <c>megatron</c>.</param>
/// <param name="LayerSeconds">Host time that launching a layer's forward kernels takes: a pass is never faster.</param>
/// <param name="Traffic">Bytes that norms, activations and residuals move over those that they must: 1 where everything is fused.</param>
/// <param name="Overlap">Of the data-parallel collectives, the share that can hide behind the backward pass.</param>
public sealed record TrainingStack(string Name, double LayerSeconds, double Traffic, double Overlap)
{
    /// <summary>How often a routed token's activations cross memory forward, for each of its experts: sorting, sending, bringing together.</summary>
    public double RoutingPasses { get; init; } = 8;
}
