using System.IO.Enumeration;
using System.Runtime.InteropServices;

namespace ZmqExporter.Limits;

/// <summary>Counts the open file descriptors of this process on Linux. Thread-safe.</summary>
/// <remarks>Since Linux 6.2 the size of <c>/proc/self/fd</c> is their number, which costs one call. An older kernel has to list them,
/// 10 µs each: a count is then kept for a hundred times as long as it took, so that scrapes cost at most one percent of a core.</remarks>
internal sealed class DescriptorCount(TimeProvider time)
{
    private const string Directory = "/proc/self/fd";
    private const int KeepFactor = 100;

    private readonly Lock _gate = new();
    private int _count;
    private Timestamp _countedAt;
    private TimeSpan _keepFor = TimeSpan.MinValue;

    /// <summary>The count.</summary>
    /// <exception cref="IOException">They could not be listed, for example because no descriptor was left to do it with.</exception>
    public int Read() => ReadSize() is > 0 and var size ? size : ReadList();

    /// <summary>The count as the kernel keeps it, or 0 when it does not.</summary>
    public static int ReadSize()
    {
        // struct statx is the same on every architecture (statx(2)): 256 bytes, stx_size at 40.
        const int CurrentDirectory = -100; // AT_FDCWD; the path is absolute
        const uint SizeWanted = 0x200; // STATX_SIZE
        var buffer = new byte[256];
        try
        {
            return Statx(CurrentDirectory, Directory, 0, SizeWanted, buffer) == 0 ? (int)BitConverter.ToInt64(buffer, 40) : 0;
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            return 0;
        }
    }

    /// <summary>The count by listing them.</summary>
    public int ReadList()
    {
        lock (_gate)
        {
            var start = Timestamp.Now(time);
            if (start - _countedAt >= _keepFor)
            {
                _count = new FileSystemEnumerable<bool>(Directory, static (ref FileSystemEntry _) => true).Count() - 1; // less the one that lists
                _countedAt = Timestamp.Now(time);
                _keepFor = (_countedAt - start) * KeepFactor;
            }

            return _count;
        }
    }

    [DllImport("libc", EntryPoint = "statx", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] buffer);
}
