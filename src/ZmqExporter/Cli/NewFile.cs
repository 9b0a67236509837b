using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using ZmqExporter.Logging;

namespace ZmqExporter.Cli;

/// <summary>A file that a command writes and that must not be there yet.</summary>
/// <param name="path">Its path.</param>
/// <param name="mode">Who may do what with it.</param>
/// <param name="reason">Why a file that is there is not replaced.</param>
internal sealed class NewFile(string path, UnixFileMode mode, string reason)
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Its path.</summary>
    public string Path => path;

    /// <summary>Why it cannot be written, as far as that can be known before; null when nothing speaks against it.</summary>
    public string? Problem() =>
        File.Exists(path) ? $"{path} exists already and is left as it is: {reason}"
        : System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) is { } directory && !Directory.Exists(directory)
            ? $"{path} cannot be written: there is no directory {directory}"
        : null;

    /// <summary>Writes a line into it.</summary>
    /// <returns>Why it could not be written, or null.</returns>
    public string? Write(string line) => Write(stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        writer.Write(line);
        writer.Write('\n');
    });

    /// <summary>Has something written into it; after a failure there is no file.</summary>
    /// <returns>Why it could not be written, or null.</returns>
    public string? Write(Action<Stream> write)
    {
        var isMade = false;
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write }; // never over another file
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = mode;
            }

            using var stream = new FileStream(path, options);
            isMade = true;
            write(stream);
            stream.Flush();
            if (!OperatingSystem.IsWindows())
            {
                OpenToOthers(stream.SafeFileHandle);
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            if (isMade)
            {
                TryDelete(); // half a key helps nobody, and the next try would find it
            }

            return $"{path} cannot be written: {(e is UnauthorizedAccessException ? "permission denied" : LogfmtText.OneLine(e.Message))}";
        }
    }

    // The umask takes rights away from what is made; of a file that is only for its owner, none is missing.
    [UnsupportedOSPlatform("windows")]
    private void OpenToOthers(SafeFileHandle file)
    {
        if ((mode & Others & ~File.GetUnixFileMode(file)) != UnixFileMode.None)
        {
            File.SetUnixFileMode(file, mode);
        }
    }

    private void TryDelete()
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // why it could not be written is what counts
        }
    }
}
