using System.Runtime.InteropServices;

namespace ZmqExporter.Limits;

/// <summary>How many files the kernel lets this process open (getrlimit(2)). Needs no descriptor to be read. Thread-safe.</summary>
internal static class OpenFileLimit
{
    private const int NumberOfFiles = 7; // RLIMIT_NOFILE, on every architecture that .NET runs on
    private const int Soft = 0;
    private const int Hard = 1;

    /// <summary>Reads it.</summary>
    /// <returns>More than any number where there is none, or where it cannot be read: not on Linux.</returns>
    public static int Read() => TryRead(out var limits) ? ToInt(limits[Soft]) : int.MaxValue;

    /// <summary>Raises the limit that is enforced to the one that this process may raise it to. Never throws.</summary>
    /// <remarks>The usual 1,024 is what select(2) can take, for programs that use it; the runtime and this program do not.</remarks>
    public static void Raise()
    {
        if (TryRead(out var limits) && limits[Soft] < limits[Hard])
        {
            limits[Soft] = limits[Hard];
            _ = Set(NumberOfFiles, limits); // refused by a sandbox at most: then it stays
        }
    }

    private static bool TryRead(out nuint[] limits)
    {
        limits = new nuint[2]; // struct rlimit
        try
        {
            return OperatingSystem.IsLinux() && Get(NumberOfFiles, limits) == 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    private static int ToInt(nuint limit) => limit > int.MaxValue ? int.MaxValue : (int)limit;

    [DllImport("libc", EntryPoint = "getrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Get(int resource, [Out] nuint[] limits);

    [DllImport("libc", EntryPoint = "setrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Set(int resource, [In] nuint[] limits);
}
