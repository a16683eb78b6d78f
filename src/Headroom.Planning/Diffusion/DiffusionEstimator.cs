using Headroom.Devices.Catalogue;
using Headroom.Planning.Serving;

namespace Headroom.Planning.Diffusion;

/// <summary>Time of drawing pictures or films on accelerators that share each sequence's tokens (arXiv:2309.14509).</summary>
public static class DiffusionEstimator
{
    // Queries, keys, values and outputs change hands once a layer each.
    private const int Exchanges = 4;

    private const double DefaultLink = 25e9;

    /// <summary>Seconds of a batch, and how much of the accelerators' rate it uses.</summary>
    /// <param name="denoiser">The network.</param>
    /// <param name="device">One of the accelerators.</param>
    /// <param name="rates">Of its family.</param>
    /// <param name="stack">The software; its token seconds are not used.</param>
    /// <param name="count">Accelerators.</param>
    /// <param name="batch">Pictures or films at once.</param>
    /// <param name="tokens">Of each.</param>
    /// <param name="steps">Of denoising.</param>
    /// <returns>Seconds of the batch, and the share of the peak rate that is used; null where the catalogue lacks the peak.</returns>
    public static (double Seconds, double ComputeShare)? Time(Denoiser denoiser, Accelerator device, ServingRates rates, ServingStack stack, int count, double batch, double tokens, double steps)
    {
        if (PeakRates.Of(device, "bf16") is not { } peak) return null;
        double products = batch * denoiser.Flops(tokens) / (peak * count * Math.Min(1, rates.MatrixShare * stack.MatrixShare));
        // Guided and unguided predictions go in one batch; exchanges are launched like layers.
        double launches = denoiser.Layers * stack.LayerSeconds * (count > 1 ? 2 : 1);
        double bytes = batch * denoiser.Passes * tokens * denoiser.Width * 2 / count;
        double exchange = count == 1 ? 0 : Exchanges * denoiser.Layers * bytes * (count - 1) / count / (device.Link ?? DefaultLink);
        // The host runs ahead of long kernels and is waited for after short ones.
        double step = Math.Sqrt((products * products) + (launches * launches)) + exchange;
        return (steps * step, batch * denoiser.Flops(tokens) / (peak * count) / step);
    }
}
