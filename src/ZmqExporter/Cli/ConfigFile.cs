using System.Text;
using ZmqExporter.Logging;

namespace ZmqExporter.Cli;

/// <summary>A configuration that a command writes: all of it at once, and never over another file unless that is asked for.</summary>
/// <param name="path">Its path.</param>
/// <param name="replaces">Whether it may take the place of a file.</param>
internal sealed class ConfigFile(string path, bool replaces)
{
    /// <summary>Its path.</summary>
    public string Path => path;

    private string Exists => $"{path} exists already and is left as it is: replace it with --force";

    /// <summary>Why it cannot be written, as far as that can be known before; null when nothing speaks against it.</summary>
    public string? Problem() =>
        Directory.Exists(path) ? $"{path} is a directory"
        : !replaces && File.Exists(path) ? Exists
        : System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) is { } directory && !Directory.Exists(directory) ? $"{path} cannot be written: there is no directory {directory}"
        : null;

    /// <summary>Writes it beside its place, and moves it there when it is complete.</summary>
    /// <returns>Why it could not be written, or null.</returns>
    public string? Write(string text)
    {
        var full = System.IO.Path.GetFullPath(path);
        var temporary = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(full)!, $".{System.IO.Path.GetFileName(full)}.{Environment.ProcessId}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, replaces);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            return !replaces && File.Exists(path) ? Exists
                : $"{path} cannot be written: {(e is UnauthorizedAccessException ? "permission denied" : LogfmtText.OneLine(e.Message))}";
        }
    }

    private static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // why it could not be written is what counts
        }
    }
}
