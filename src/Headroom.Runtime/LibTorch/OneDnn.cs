using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Headroom.Evidence;

namespace Headroom.Runtime.LibTorch;

/// <summary>Keeps libtorch's convolutions off oneDNN where oneDNN computes them wrong.</summary>
/// <remarks>
/// oneDNN takes an AMD processor's cache sizes from CPUID leaf 0x8000001D. Some virtual machines blank that leaf; oneDNN (3.7.1, by way of Xbyak) then believes in caches of one byte, and what it
/// cuts into blocks by them comes out wrong without a word: the padding of channels that fill no vector isn't cleared, and gradients of strided convolutions miss parts. There, libtorch's own
/// convolution runs instead: right, and slower. Convolutions of whole vectors of channels at stride 1 stay with oneDNN, and so do matrix products: thousands of random ones were right.
/// </remarks>
public static unsafe class OneDnn
{
    private const int CacheTopology = unchecked((int)0x8000001D), LargestExtended = unchecked((int)0x80000000), Authentic = 0x68747541, CacheKind = 0x1F;

    /// <summary>Channels of a block, of the widest vectors.</summary>
    private const long Vector = 16;

    private static readonly Lock Gate = new();
    private static delegate* unmanaged<nint> context;
    private static delegate* unmanaged<nint, byte, void> enable;

    /// <summary>Whether this processor keeps its caches' sizes from oneDNN.</summary>
    public static bool IsMisled { get; } = CachesAreHidden();

    /// <summary>Until it is disposed, convolutions of so many channels run without oneDNN where it would get them wrong.</summary>
    /// <param name="channels">That go in, of each group.</param>
    /// <param name="filters">That come out, of each group.</param>
    /// <param name="strides">From one window to the next, an axis each.</param>
    internal static Avoidance AvoidWhereWrong(long channels, long filters, ReadOnlySpan<long> strides) => new(IsMisled && (channels % Vector != 0 || filters % Vector != 0 || strides.ContainsAnyExcept(1)));

    /// <summary>Finds the switches, once libtorch is loaded.</summary>
    internal static void Resolve(nint torch)
    {
        if (!IsMisled) return;
        // libtorch's C interface has no such switch; these are the names that the C++ compilers give to at::globalContext and its members.
        nint get = Export(torch, "_ZN2at13globalContextEv", "?globalContext@at@@YAAEAVContext@1@XZ");
        context = (delegate* unmanaged<nint>)get;
        enable = (delegate* unmanaged<nint, byte, void>)Export(torch, "_ZN2at7Context20setUserEnabledMkldnnEb", "?setUserEnabledMkldnn@Context@at@@QEAAX_N@Z");
        // Next in line for small convolutions, and no better informed: it refuses such a processor, with a line on the terminal each time.
        ((delegate* unmanaged<nint, byte, void>)Export(torch, "_ZN2at7Context20setUserEnabledNNPACKEb", "?setUserEnabledNNPACK@Context@at@@QEAAX_N@Z"))(context(), 0);
    }

    private static nint Export(nint torch, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (NativeLibrary.TryGetExport(torch, name, out nint address)) return address;
        throw new InputException(Library.Folder, $"this processor keeps the sizes of its caches from oneDNN, whose convolutions would be wrong, and this libtorch has no '{names[0]}' to go without it", "Take another libtorch, or a machine that tells its processor's caches (CPUID leaf 0x8000001D).");
    }

    private static bool CachesAreHidden()
    {
        if (!X86Base.IsSupported) return false;
        if (X86Base.CpuId(0, 0).Ebx != Authentic) return false;
        return (uint)X86Base.CpuId(LargestExtended, 0).Eax < unchecked((uint)CacheTopology) || (X86Base.CpuId(CacheTopology, 0).Eax & CacheKind) == 0;
    }

    /// <summary>Lets one node at a time run where oneDNN is switched on and off, since the switch is the whole process's: another session's products would else be rounded now so, now otherwise.</summary>
    internal static Turn TakeTurn() => new(IsMisled);

    /// <summary>Puts oneDNN back when disposed.</summary>
    internal readonly ref struct Avoidance
    {
        private readonly bool _off;

        public Avoidance(bool off)
        {
            _off = off;
            if (off) enable(context(), 0);
        }

        public void Dispose()
        {
            if (_off) enable(context(), 1);
        }
    }

    /// <summary>Lets the next one run when disposed.</summary>
    internal readonly ref struct Turn
    {
        private readonly bool _taken;

        public Turn(bool taken)
        {
            _taken = taken;
            if (taken) Gate.Enter();
        }

        public void Dispose()
        {
            if (_taken) Gate.Exit();
        }
    }
}
