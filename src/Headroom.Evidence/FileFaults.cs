namespace Headroom.Evidence;

/// <summary>Says what the operating system means, and what to do about it.</summary>
public static class FileFaults
{
    // errno on Linux and macOS, which .NET hands through as HResult; the low word of the Windows code.
    private const int NoSpace = 28, ReadOnlyFileSystem = 30, QuotaLinux = 122, QuotaMac = 69, WindowsDiskFull = 112, WindowsHandleDiskFull = 39;

    /// <summary>Whether the disk, or the user's part of it, is full.</summary>
    public static bool IsDiskFull(Exception e) => e is IOException && (OperatingSystem.IsWindows()
        ? (e.HResult & 0xFFFF) is WindowsDiskFull or WindowsHandleDiskFull
        : e.HResult is NoSpace || e.HResult == (OperatingSystem.IsMacOS() ? QuotaMac : QuotaLinux));

    /// <summary>Whether the file system takes no writes at all.</summary>
    public static bool IsReadOnly(Exception e) => e is IOException && !OperatingSystem.IsWindows() && e.HResult == ReadOnlyFileSystem;

    /// <summary>The error for a file that could not be written.</summary>
    public static InputException Writing(string path, Exception e) => e switch
    {
        _ when IsDiskFull(e) => New(path, "the disk is full; nothing was written.", "Free some space, or choose a folder on another disk.", e),
        _ when IsReadOnly(e) => New(path, "the file system is read-only; nothing was written.", "Choose a folder that can be written to.", e),
        UnauthorizedAccessException => New(path, "no permission to write here.", "Give yourself write permission to the folder, or choose another one.", e),
        PathTooLongException => New(path, "the path is too long for this file system.", "Choose a shorter name.", e),
        DirectoryNotFoundException => New(path, "its folder does not exist.", "Make the folder first, or correct the path.", e),
        _ => New(path, $"it could not be written: {e.Message}", "Check the path and the disk, then try again.", e),
    };

    /// <summary>The error for a file that could not be read.</summary>
    public static InputException Reading(string path, Exception e) => e switch
    {
        FileNotFoundException => New(path, "there is no such file.", "Check the path.", e),
        DirectoryNotFoundException => New(path, "its folder does not exist.", "Check the path.", e),
        UnauthorizedAccessException when Directory.Exists(path) => New(path, "this is a folder, not a file.", "Name the file in it.", e),
        UnauthorizedAccessException => New(path, "no permission to read it.", "Give yourself read permission to the file.", e),
        _ => New(path, $"it could not be read: {e.Message}", "Check the path and the disk, then try again.", e),
    };

    private static InputException New(string path, string what, string remedy, Exception e) => new($"{path}: {what}\n{remedy}", e);
}
