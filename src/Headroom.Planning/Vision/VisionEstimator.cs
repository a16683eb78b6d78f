using Headroom.Devices.Catalogue;

namespace Headroom.Planning.Vision;

/// <summary>Time and memory of an image network on one device, from its multiply-accumulates, activations and weights.</summary>
/// <remarks>Matrix work and activation traffic overlap in part: their times are joined by a norm of order 1.5, between the sum (no overlap) and the larger of both (a perfect roofline).</remarks>
public sealed class VisionEstimator
{
    // Forward once, and gradients towards inputs and weights once each.
    private const double TrainingPasses = 3;

    // Master weights, gradients and two moments of four bytes, each read and most written.
    private const double StateBytes = 16;

    private const double Order = 1.5;

    // Products' outputs, and after each a norm's and an activation function's, of which a gradient reads about as many bytes again.
    private const double KeptActivations = 2.2;

    // Two layers' worth at a time: an eighth bounds it in networks of a few stages and more.
    private const double InferenceActivations = 0.125;

    // The driver's context and the libraries' workspaces: 1.3 to 1.6 GiB under CUDA.
    private const double RuntimeBytes = 1.4 * (1L << 30);

    // PCIe 3.0 with four lanes, the slot of edge modules (Hailo-8's data sheet).
    private const double SlotBandwidth = 4e9;

    private readonly bool onChip;
    private readonly double peak, bandwidth, share;
    private readonly VisionRates rates;
    private readonly VisionStack stack;

    /// <summary>Prepares a device; every estimate afterwards is arithmetic alone.</summary>
    /// <param name="device">Must have a peak for the type.</param>
    /// <param name="type">What matrix work computes in; where the device states no peak for it, the nearest wider type's.</param>
    /// <param name="rates">What the device's family reaches of its data sheet.</param>
    /// <param name="stack">What the software makes of it.</param>
    /// <exception cref="ArgumentException">The catalogue has no peak for the type.</exception>
    public VisionEstimator(Accelerator device, string type, VisionRates rates, VisionStack stack)
    {
        Device = device;
        (this.rates, this.stack) = (rates, stack);
        // Without memory of its own a device keeps activations on the chip, and loads weights through its slot.
        (bandwidth, onChip) = device.Bandwidth is { } memory ? (memory, false) : (SlotBandwidth, true);
        peak = PeakRates.Of(device, type) ?? throw new ArgumentException($"{device.Name}: the catalogue has no peak for {type} or a wider type. Give it in a file with --devices-file.");
        share = Math.Min(1, rates.MatrixShare);
    }

    /// <summary>The device that is estimated.</summary>
    public Accelerator Device { get; }

    /// <summary>Seconds of one pass over a batch, or of one training step.</summary>
    /// <param name="network">What one image takes.</param>
    /// <param name="run">How it is run.</param>
    /// <returns>Seconds by what they go to.</returns>
    public VisionTime Time(ImageNetwork network, VisionRun run)
    {
        double passes = run.Training ? TrainingPasses : 1;
        double convolutions = network.Attention ? 1 : rates.ConvolutionShare * (run.ChannelsLast ? stack.ChannelsLastGain : 1);
        double matrix = passes * run.Batch * 2 * network.Macs / (peak * Math.Min(1, share * convolutions));
        double activations = run.FusedAttention ? network.FusedActivations : network.Activations;
        double fused = run.Compiled ? stack.FusedTraffic : 1;
        double traffic = onChip ? 0 : passes * run.Batch * activations * run.Bytes * rates.ActivationPasses * fused / bandwidth;
        double weights = network.Parameters * (run.Training ? StateBytes : run.Bytes) / bandwidth;
        return new(matrix, traffic, weights, run.Training ? stack.TrainingLaunches * rates.LaunchSeconds : rates.LaunchSeconds,
            Math.Pow(Math.Pow(matrix, Order) + Math.Pow(traffic, Order), 1 / Order));
    }

    /// <summary>Bytes that a run holds: weights and their states, activations, what the runtime takes.</summary>
    /// <param name="network">What one image takes.</param>
    /// <param name="run">How it is run.</param>
    /// <returns>Bytes on the device.</returns>
    public double Memory(ImageNetwork network, VisionRun run)
    {
        double kept = run.Training ? KeptActivations : InferenceActivations;
        return RuntimeBytes + (network.Parameters * (run.Training ? StateBytes : run.Bytes)) + (run.Batch * (run.FusedAttention ? network.FusedActivations : network.Activations) * run.Bytes * kept);
    }

    /// <summary>The largest batch that fits the device, which the arithmetic gives at once, being linear in the batch.</summary>
    /// <param name="network">What one image takes.</param>
    /// <param name="run">How it is run; its batch is ignored.</param>
    /// <returns>Images, 0 where not even the weights fit, or where the device's memory isn't known.</returns>
    public long LargestBatch(ImageNetwork network, VisionRun run)
    {
        double none = Memory(network, run with { Batch = 0 }), one = Memory(network, run with { Batch = 1 }) - none;
        return Device.Memory is { } memory && memory.Value > none ? (long)((memory.Value - none) / one) : 0;
    }
}
