using System.Runtime.InteropServices;
using Headroom.Graph.Passes;

namespace Headroom.Runtime.Execution;

/// <summary>One aligned block of host memory, zeroed when made, freed when disposed.</summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    private byte* _address;

    public NativeBlock(long bytes)
    {
        Bytes = bytes;
        if (bytes == 0) return;
        _address = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, ArenaLayout.Alignment);
        NativeMemory.Clear(_address, (nuint)bytes);
    }

    public long Bytes { get; }

    public byte* Address => _address;

    public void Dispose()
    {
        if (_address != null) NativeMemory.AlignedFree(_address);
        _address = null;
    }
}
