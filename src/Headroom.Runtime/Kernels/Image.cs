using Headroom.Runtime.LibTorch;

namespace Headroom.Runtime.Kernels;

/// <summary>A picture <c>[batch, channels, height, width]</c> as channels-last kernels want it: where it lies, or, if it lies row by row, a turned copy that is turned back when it was to be written.</summary>
internal sealed unsafe class Image : IDisposable
{
    private readonly Tensor _tensor;
    private readonly Tensor? _turned;
    private readonly bool _written;

    private Image(Tensor tensor, bool written)
    {
        _tensor = tensor;
        _written = written;
        if (IsChannelsLast(tensor)) return;
        _turned = Empty(tensor);
        if (!written) _turned.CopyFrom(tensor);
    }

    public void* Data => (_turned ?? _tensor).Data;

    public Tensor Tensor => _turned ?? _tensor;

    public static Image Read(Tensor tensor) => new(tensor, written: false);

    public static Image Write(Tensor tensor) => new(tensor, written: true);

    /// <summary>Strides of extents of 1 don't matter: such a tensor lies both ways.</summary>
    public static bool IsChannelsLast(Tensor tensor)
    {
        ReadOnlySpan<long> n = tensor.Sizes, s = tensor.Strides;
        if (n.Length != 4) return false;
        long[] wanted = Strides(n);
        for (int i = 0; i < 4; i++) if (n[i] != 1 && s[i] != wanted[i]) return false;
        return true;
    }

    public static Tensor Empty(Tensor like) => Tensor.Empty(like.Sizes, Strides(like.Sizes), like.ScalarType, like.Device);

    public static long[] Strides(ReadOnlySpan<long> sizes) => [sizes[1] * sizes[2] * sizes[3], 1, sizes[3] * sizes[1], sizes[1]];

    public void Dispose()
    {
        if (_turned is null) return;
        if (_written) _tensor.CopyFrom(_turned);
        _turned.Dispose();
    }
}
