using System.Runtime.InteropServices;

namespace Headroom.Runtime.LibTorch;

/// <summary>
/// Takes the gaps of the native heap out of use. While libraries fill their caches at the first run, small blocks that stay come to lie between large ones that pass;
/// later blocks then spread over the gaps, each of another size, and all of them become resident. With the gaps taken, what passes is taken from the top of the heap, again and again the same pages.
/// The blocks that fill the gaps are never written to, so they cost address space and no memory.
/// </summary>
internal sealed unsafe partial class HeapGaps : IDisposable
{
    // Smaller gaps are left to small blocks; each filler touches one page for its header.
    private const int Filler = 256 << 10, Most = 1 << 16;
    private readonly List<nint> _fillers = [];

    [LibraryImport("libc", EntryPoint = "sbrk")]
    private static partial nint SBrk(nint increment);

    [LibraryImport("libc", EntryPoint = "malloc")]
    private static partial nint MAlloc(nuint bytes);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint block);

    /// <summary>Fills the gaps there are now. Does nothing where the heap isn't glibc's.</summary>
    public void Fill()
    {
        if (!OperatingSystem.IsLinux()) return;
        Platform.Trim();
        nint top;
        try
        {
            top = SBrk(0);
        }
        catch (EntryPointNotFoundException)
        {
            return;
        }
        // The last free stretch, which ends at the top, is what passing blocks shall use: a filler that lies there goes back.
        for (int i = 0; i < Most; i++)
        {
            nint block = MAlloc(Filler);
            if (block == 0) return;
            if (block >= top - (2 * Filler) || block + Filler > SBrk(0) - Filler)
            {
                Free(block);
                return;
            }
            _fillers.Add(block);
        }
    }

    public void Dispose()
    {
        foreach (nint block in _fillers) Free(block);
        _fillers.Clear();
    }
}
