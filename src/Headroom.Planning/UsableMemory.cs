using Headroom.Devices.Catalogue;

namespace Headroom.Planning;

/// <summary>How much of a device's memory a network may have.</summary>
public static class UsableMemory
{
    // Apple's systems give the graphics processor two thirds of a memory of up to 36 GB, and three quarters of a larger one (Metal, recommendedMaxWorkingSetSize, as llama.cpp logs it).
    private const double SmallShare = 2 / 3.0, LargeShare = 0.75, Large = 40e9;

    /// <summary>Bytes; null where the catalogue has no memory size.</summary>
    /// <param name="device">The device.</param>
    public static double? Of(Accelerator device)
    {
        ArgumentNullException.ThrowIfNull(device);
        double? memory = device.Memory?.Value;
        return device.Kind == AcceleratorKind.Soc ? memory * (memory > Large ? LargeShare : SmallShare) : memory;
    }
}
