using System.Text.Json;

namespace ZmqExporter.Persistence;

/// <summary>Reads and writes a state file. One caller at a time.</summary>
/// <param name="path">The file. Its directory must be writable: it is replaced as a whole.</param>
internal sealed class StateFile(string path)
{
    // A hundred thousand targets and more; what is larger is no file of ours.
    private const long MaxSize = 1L << 30;

    /// <summary>Reads it.</summary>
    /// <param name="document">What it holds; null when there is none, or it cannot be used.</param>
    /// <returns>Why it cannot be used; null when it can, or is not there.</returns>
    public string? TryRead(out StateDocument? document)
    {
        document = null;
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (stream.Length > MaxSize)
            {
                return "it is larger than 1 GiB";
            }

            var read = JsonSerializer.Deserialize(stream, StateContext.Default.StateDocument);
            if (read is not { Format: StateDocument.OurFormat, Targets: not null } || read.Targets.Any(target => target is not { Target: not null, Module: not null }))
            {
                return "it is no state file of this version";
            }

            document = read with { Targets = [.. read.Targets.Select(target => target.Completed())] };
            return null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException exception)
        {
            return $"it is broken: {exception.Message}";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return exception.Message;
        }
    }

    /// <summary>Writes it: afterwards the old one is there, or the new one, and never half of one.</summary>
    /// <returns>Why it could not be written; null when it was.</returns>
    public string? TryWrite(StateDocument document)
    {
        var next = path + ".new";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // it names servers and what they said
            }

            using (var stream = new FileStream(next, options))
            {
                JsonSerializer.Serialize(stream, document, StateContext.Default.StateDocument);
                stream.Flush(flushToDisk: true); // before it takes the old one's place
            }

            File.Move(next, path, overwrite: true);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }
}
