using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels.Fused;

/// <summary>What the fused kernels take: fp32 and bf16.</summary>
internal static class Storage
{
    /// <summary>True for bf16, false for fp32.</summary>
    /// <exception cref="NotSupportedException">Any other element type: the caller's table of kernels must not send it here.</exception>
    public static bool IsBF16(ScalarType type) => type switch
    {
        ScalarType.BFloat16 => true,
        ScalarType.Float32 => false,
        _ => throw new NotSupportedException($"the fused kernels take Float32 and BFloat16, not {type}"),
    };
}
