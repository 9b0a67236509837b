using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace ZmqExporter.Configuration;

/// <summary>What a file is, beyond what .NET tells of it: <c>statx(2)</c>, which opens nothing and so waits for no writer of a pipe.</summary>
/// <param name="Kind">What stands behind its name, after all links.</param>
/// <param name="Identity">Another one for another file, and for the same one after any change, also when length and time of writing are what they were.</param>
internal readonly partial record struct FileStatus(FileKind Kind, string Identity)
{
    private const int WorkingDirectory = -100;
    private const uint BasicStats = 0x7ff;
    private const int StructSize = 256;
    private const int TypeMask = 0xF000;

    /// <summary>The status of a file now; null where nobody can say: it is not there, may not be looked at, or this is not Linux.</summary>
    public static FileStatus? Of(string path)
    {
        if (!OperatingSystem.IsLinux() || path.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        var status = new byte[StructSize];
        try
        {
            if (Native.Statx(WorkingDirectory, path, flags: 0, BasicStats, ref status[0]) != 0)
            {
                return null;
            }
        }
        catch (EntryPointNotFoundException)
        {
            return null; // a C library from before 2018
        }

        var kind = (BitConverter.ToUInt16(Field(28)) & TypeMask) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Directory,
            0xC000 => FileKind.Socket,
            _ => FileKind.Other,
        };
        var inode = BitConverter.ToUInt64(Field(32));
        var (changed, fraction) = (BitConverter.ToInt64(Field(96)), BitConverter.ToUInt32(Field(104)));
        var device = BitConverter.ToUInt64(Field(136)); // major and minor
        return new FileStatus(kind, FormattableString.Invariant($"{device:x}:{inode:x} {changed}.{fraction:000000000}"));

        ReadOnlySpan<byte> Field(int offset) => status.AsSpan(offset);
    }

    [SuppressMessage("Design", "MA0048", Justification = "Nobody else has a use for it.")]
    private static partial class Native
    {
        [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
        public static partial int Statx(int directory, string path, int flags, uint mask, ref byte status);
    }
}

/// <summary>What a name in a file system may stand for.</summary>
internal enum FileKind
{
    /// <summary>A file with content.</summary>
    Regular,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A Unix socket.</summary>
    Socket,

    /// <summary>A pipe or a device: to open it may take forever.</summary>
    Other,
}
