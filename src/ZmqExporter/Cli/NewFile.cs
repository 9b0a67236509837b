using ZmqExporter.Logging;

namespace ZmqExporter.Cli;

/// <summary>A file that a command writes and that must not be there yet.</summary>
/// <param name="path">Its path.</param>
/// <param name="mode">Who may do what with it.</param>
/// <param name="reason">Why a file that is there is not replaced.</param>
internal sealed class NewFile(string path, UnixFileMode mode, string reason)
{
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
    public string? Write(string line)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write }; // never over another file
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = mode;
            }

            using var writer = new StreamWriter(path, options);
            writer.Write(line);
            writer.Write('\n');
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"{path} cannot be written: {(e is UnauthorizedAccessException ? "permission denied" : LogfmtText.OneLine(e.Message))}";
        }
    }
}
