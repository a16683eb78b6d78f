using Headroom.Devices.Catalogue;

namespace Headroom.Planning;

/// <summary>The peak that work in one type can hope for on a device.</summary>
public static class PeakRates
{
    // What a type is computed in where the device has no units of its own for it: each at most as fast as the one before.
    private static readonly Dictionary<string, string[]> Wider = new(StringComparer.Ordinal)
    {
        ["fp4"] = ["fp4", "fp8", "fp16", "bf16", "tf32", "fp32"],
        ["int4"] = ["int4", "int8", "fp16", "bf16", "tf32", "fp32"],
        ["fp8"] = ["fp8", "fp16", "bf16", "tf32", "fp32"],
        ["int8"] = ["int8", "fp16", "bf16", "tf32", "fp32"],
        ["fp16"] = ["fp16", "bf16", "tf32", "fp32"],
        ["bf16"] = ["bf16", "fp16", "tf32", "fp32"],
        ["tf32"] = ["tf32", "fp32"],
    };

    /// <summary>The dense peak of a type, or of the nearest type that the device computes it in.</summary>
    /// <param name="device">From the catalogue.</param>
    /// <param name="type">One of <see cref="Accelerator.PeakTypes"/>.</param>
    /// <returns>FLOP/s, or null where no source gives any of them.</returns>
    public static double? Of(Accelerator device, string type) => Wider.TryGetValue(type, out string[]? types) ? types.Select(device.Peak).FirstOrDefault(p => p is > 0) : device.Peak(type);
}
