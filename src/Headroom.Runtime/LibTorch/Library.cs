using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Headroom.Evidence;

namespace Headroom.Runtime.LibTorch;

/// <summary>The loaded libtorch: where it lies, its version, its threads.</summary>
/// <remarks>
/// Looked for in the folder that <c>HEADROOM_LIBTORCH</c> names, beside the program, in the package folder that the build wrote into this assembly, and in the user's NuGet cache,
/// in that order. Any libtorch from 2.10 on works, that of a Python installation as well (<c>site-packages/torch/lib</c>).
/// </remarks>
public static unsafe class Library
{
    /// <summary>Threads that may be asked for.</summary>
    public const int MostThreads = 1024;

    const string Variable = "HEADROOM_LIBTORCH";
    static readonly Lock Gate = new();
    static readonly int[] Codes = new int[Enum.GetValues<ScalarType>().Length];
    static delegate* unmanaged<int, void> setOmpThreads;
    [ThreadStatic] static bool threadIsReady;

    /// <summary>True once <see cref="Load"/> has returned.</summary>
    public static bool Loaded { get; private set; }

    /// <summary>The folder that libtorch came from.</summary>
    public static string Folder { get; private set; } = "";

    /// <summary>The version that <c>aoti_torch_abi_version</c> gives.</summary>
    public static Version Version { get; private set; } = new(0, 0);

    /// <summary>The version that we speak to it: the one whose encoding of arguments <see cref="Dispatcher"/> follows.</summary>
    internal const ulong SpokenVersion = (2UL << 56) | (10UL << 48);

    /// <summary>True where <c>libtorch_cuda.so</c> was there and is loaded.</summary>
    public static bool HasCuda => CudaHandle != 0;

    internal static nint Handle { get; private set; }

    internal static nint CudaHandle { get; private set; }

    /// <summary>Loads libtorch once; a later call only changes the number of threads.</summary>
    /// <param name="threads">Threads of one operator; null leaves libtorch's own choice (the cores, or <c>OMP_NUM_THREADS</c>).</param>
    /// <exception cref="InputException">There is no libtorch, or it is older than 2.10.</exception>
    public static void Load(int? threads = null)
    {
        if (threads is < 1 or > MostThreads)
            throw new InputException("threads", $"{threads} threads were asked for", $"Ask for 1 to {MostThreads} threads.");
        lock (Gate)
        {
            if (!Loaded) LoadOnce(threads);
            else if (threads is int count) SetThreads(count);
        }
        PrepareThread();
    }

    /// <summary>Turns gradients off for the calling thread, which libtorch keeps per thread. Cheap when done before.</summary>
    public static void PrepareThread()
    {
        if (threadIsReady) return;
        Native.SetGradMode(0);
        threadIsReady = true;
    }

    /// <summary>Sets the threads of one operator, from now on.</summary>
    public static void SetThreads(int threads)
    {
        if (setOmpThreads != null) setOmpThreads(threads);
    }

    /// <summary>How many threads libtorch's pool has.</summary>
    public static int Threads
    {
        get
        {
            Load();
            uint count;
            Native.Check(Native.ThreadCount(&count), "torch_get_num_threads");
            return (int)count;
        }
    }

    /// <summary>Gives the free pages of the native heap back to the system; what is freed is otherwise kept warm for the next step.</summary>
    public static void Trim() => Platform.Trim();

    /// <summary>The number by which this libtorch knows an element type.</summary>
    public static int Code(ScalarType type) => Codes[(int)type];

    internal static ScalarType Type(int code)
    {
        int index = Array.IndexOf(Codes, code);
        return index >= 0 ? (ScalarType)index : throw new InvalidOperationException($"libtorch gave an element type that we don't use, number {code}");
    }

    static void LoadOnce(int? threads)
    {
        string folder = Find();
        if (threads is int count)
        {
            // Both are read when the libraries initialise; a later call to OpenMP would leave MKL's count as it was.
            string text = count.ToString(CultureInfo.InvariantCulture);
            Platform.SetVariable("OMP_NUM_THREADS", text);
            Platform.SetVariable("MKL_NUM_THREADS", text);
        }
        // libgomp's threads spin for milliseconds at the end of a region. Where another process wants the core, every region then waits for a time slice: steps take five times as long.
        // A shorter spin costs an idle machine nothing that can be measured. The user's own setting wins.
        if (Environment.GetEnvironmentVariable("GOMP_SPINCOUNT") is null && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null) Platform.SetVariable("GOMP_SPINCOUNT", "100000");
        Platform.KeepMemoryWarm();
        nint gomp = 0;
        foreach (string path in Directory.EnumerateFiles(folder, OpenMpPattern)) gomp = Open(path);
        Open(Path.Combine(folder, FileName("c10")));
        Handle = Open(Path.Combine(folder, FileName("torch_cpu")));
        string cuda = Path.Combine(folder, FileName("torch_cuda"));
        if (File.Exists(cuda))
        {
            Open(Path.Combine(folder, FileName("c10_cuda")));
            CudaHandle = Open(cuda);
        }
        Version = ReadVersion();
        if (Version < new Version(2, 10))
            throw new InputException(folder, $"this is libtorch {Version}; 2.10 is the oldest whose C interface has what is needed", Remedy);
        Native.Resolve(Handle);
        OneDnn.Resolve(Handle);
        foreach (ScalarType type in Enum.GetValues<ScalarType>())
            Codes[(int)type] = ((delegate* unmanaged<int>)NativeLibrary.GetExport(Handle, "aoti_torch_dtype_" + type.ToString().ToLowerInvariant()))();
        if (gomp != 0 && NativeLibrary.TryGetExport(gomp, "omp_set_num_threads", out nint setter))
            setOmpThreads = (delegate* unmanaged<int, void>)setter;
        else if (NativeLibrary.TryGetExport(Handle, "omp_set_num_threads", out setter))
            setOmpThreads = (delegate* unmanaged<int, void>)setter;
        if (threads is int wanted) SetThreads(wanted);
        Folder = folder;
        Loaded = true;
    }

    static string OpenMpPattern => OperatingSystem.IsLinux() ? "libgomp*.so*" : OperatingSystem.IsMacOS() ? "libomp*.dylib" : "libiomp5md.dll";

    static string Remedy => $"Restore the package libtorch-cpu-{PlatformName} 2.10 or later, or set {Variable} to a folder that holds {FileName("torch_cpu")}.";

    static string PlatformName => OperatingSystem.IsWindows() ? "win-x64" : OperatingSystem.IsMacOS() ? "osx-arm64" : "linux-x64";

    static string FileName(string name) => OperatingSystem.IsWindows() ? name + ".dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";

    static Version ReadVersion()
    {
        if (!NativeLibrary.TryGetExport(Handle, "aoti_torch_abi_version", out nint address)) return new Version(0, 0);
        ulong version = ((delegate* unmanaged<ulong>)address)();
        return new Version((int)(version >> 56), (int)(version >> 48 & 0xff));
    }

    static nint Open(string path)
    {
        nint handle = Platform.Load(path, out string? reason);
        return handle != 0 ? handle : throw new InputException(path, $"the library does not load: {reason}", Remedy);
    }

    static string Find()
    {
        string library = FileName("torch_cpu");
        string? named = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(named))
            return File.Exists(Path.Combine(named, library)) ? named : throw new InputException(Variable, $"'{named}' holds no {library}", Remedy);
        foreach (string folder in Candidates())
            if (File.Exists(Path.Combine(folder, library))) return folder;
        throw new InputException(library, "libtorch is not on this machine; looked in " + string.Join(", ", Candidates()), Remedy);
    }

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "The base directory is asked for, not the assembly's location.")]
    static IEnumerable<string> Candidates()
    {
        yield return AppContext.BaseDirectory;
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", PlatformName, "native");
        string? built = typeof(Library).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "LibTorchFolder")?.Value;
        if (!string.IsNullOrEmpty(built)) yield return built;
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string package = Path.Combine(cache, "libtorch-cpu-" + PlatformName);
        if (!Directory.Exists(package)) yield break;
        foreach (string version in Directory.GetDirectories(package).OrderDescending(StringComparer.Ordinal))
            yield return Path.Combine(version, "runtimes", PlatformName, "native");
    }
}
