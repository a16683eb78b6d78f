using System.Runtime.InteropServices;

namespace Headroom.Runtime.LibTorch;

/// <summary>The few calls to the C library that stand beside libtorch: its environment, its allocator, global loading.</summary>
internal static unsafe partial class Platform
{
    const int Lazy = 1, Global = 0x100;
    const int TrimThreshold = -1, TopPad = -2, MmapThreshold = -3, ArenaMax = -8;

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint DlOpen(string path, int flags);

    [LibraryImport("libc", EntryPoint = "dlerror")]
    private static partial byte* DlError();

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);

    [LibraryImport("libc", EntryPoint = "malloc")]
    private static partial void* MAlloc(nuint bytes);

    [LibraryImport("msvcrt", EntryPoint = "malloc")]
    private static partial void* WindowsMAlloc(nuint bytes);

    /// <summary>Loads a library so that the ones loaded after it find its symbols. Null and the loader's reason where it fails.</summary>
    public static nint Load(string path, out string? reason)
    {
        reason = null;
        try
        {
            if (!OperatingSystem.IsLinux()) return NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            reason = e.Message;
            return 0;
        }
        nint handle = DlOpen(path, Lazy | Global);
        if (handle == 0) reason = Marshal.PtrToStringUTF8((nint)DlError());
        return handle;
    }

    /// <summary>Sets a variable where native code reads it; .NET's own setter reaches managed code only.</summary>
    public static void SetVariable(string name, string value)
    {
        if (OperatingSystem.IsWindows()) Environment.SetEnvironmentVariable(name, value);
        else _ = SetEnv(name, value, 1);
    }

    /// <summary>Keeps freed blocks in the process: glibc would give large ones back and fault them in anew at each step, which costs several times the kernel.</summary>
    /// <remarks>One heap for all threads, so that what one frees another takes. musl and other systems have no such call and need none.</remarks>
    public static bool KeepMemoryWarm()
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            const int OneGiB = 1 << 30;
            return (MallOpt(MmapThreshold, OneGiB) & MallOpt(TrimThreshold, OneGiB) & MallOpt(TopPad, 1 << 20) & MallOpt(ArenaMax, 1)) == 1;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Gives the free pages of the native heap back to the system.</summary>
    public static void Trim()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // not glibc: nothing to trim
        }
    }

    /// <summary>A cell that libtorch frees with its C++ <c>delete</c>, which is <c>free</c> in its builds.</summary>
    public static ulong* NewCell(ulong value)
    {
        ulong* cell = (ulong*)(OperatingSystem.IsWindows() ? WindowsMAlloc(sizeof(ulong)) : MAlloc(sizeof(ulong)));
        *cell = value;
        return cell;
    }
}
