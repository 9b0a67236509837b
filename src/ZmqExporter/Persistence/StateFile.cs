using System.Text;
using System.Text.Json;
using ZmqExporter.Configuration;

namespace ZmqExporter.Persistence;

/// <summary>
/// Reads and writes a state file. What stands in its place and is not one is left alone, and one that could not be used is set aside: nothing
/// is lost because of a path that was mistyped, or a file that is of another version. One caller at a time.
/// </summary>
/// <param name="path">The file. Its directory must be writable: it is replaced as a whole.</param>
internal sealed class StateFile(string path)
{
    // A hundred thousand targets and more; what is larger is no file of ours.
    private const long MaxSize = 1L << 30;

    // Enough of a file to see whose it is, also when somebody has indented it.
    private const int HeadSize = 256;

    private const int MostAside = 9;

    private const string Start = $"{{\"format\":\"{StateDocument.FormatOfAnyVersion}";

    // Whether what is there was used, or is ours: it may be replaced.
    private bool _isUsed;

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>Reads it.</summary>
    /// <param name="document">What it holds; null when there is none, or it cannot be used.</param>
    /// <returns>Why it cannot be used; null when it can, or is not there.</returns>
    public string? TryRead(out StateDocument? document)
    {
        document = null;
        try
        {
            if (FileStatus.Of(path) is { Kind: not FileKind.Regular })
            {
                return "it is no regular file";
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (stream.Length is 0 or > MaxSize)
            {
                return stream.Length == 0 ? null : "it is larger than 1 GiB";
            }

            var read = JsonSerializer.Deserialize(stream, StateContext.Default.StateDocument);
            if (read is not { Format: StateDocument.OurFormat, Targets: not null } || read.Targets.Any(target => target is not { Target: not null, Module: not null }))
            {
                return "it is no state file of this version";
            }

            document = read with { Targets = [.. read.Targets.Select(target => target.Completed())] };
            _isUsed = true;
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
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return exception.Message;
        }
    }

    /// <summary>Writes it: afterwards the old one is there, or the new one, and never half of one.</summary>
    /// <param name="document">What it is to hold.</param>
    /// <param name="setAside">Where a file is now that could not be used; null when there was none.</param>
    /// <returns>Why it could not be written; null when it was.</returns>
    public string? TryWrite(StateDocument document, out string? setAside)
    {
        setAside = null;
        try
        {
            // Where a link leads to, so that it stays one.
            var place = new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;
            if (ProblemOf(place) is { } problem)
            {
                return problem;
            }

            if (!_isUsed && new FileInfo(place) is { Exists: true, Length: > 0 })
            {
                setAside = SetAside(place);
            }

            Replace(place, document);
            _isUsed = true;
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return exception.Message;
        }
    }

    // Why what is there must not be replaced.
    private static string? ProblemOf(string place)
    {
        if (Directory.Exists(place) || FileStatus.Of(place) is { Kind: not FileKind.Regular })
        {
            return "it is no regular file, and it is left alone";
        }

        if (!File.Exists(place))
        {
            return null;
        }

        using var stream = new FileStream(place, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var head = new byte[HeadSize];
        var count = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return count == 0 || Compact(Encoding.UTF8.GetString(head, 0, count)).StartsWith(Compact(Start), StringComparison.Ordinal)
            ? null
            : "another file has this name, which is no state file of zmq_exporter, and it is left alone: name another one, or move it away";
    }

    private static string Compact(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));

    private static string SetAside(string place)
    {
        for (var number = 1; ; number++)
        {
            var aside = number == 1 ? $"{place}.ignored" : FormattableString.Invariant($"{place}.ignored.{number}");
            if (number > MostAside)
            {
                throw new IOException($"it could not be used, and there are {MostAside} files like {place}.ignored already: move them away");
            }

            if (!File.Exists(aside))
            {
                File.Move(place, aside, overwrite: false);
                return aside;
            }
        }
    }

    private static void Replace(string place, StateDocument document)
    {
        var next = place + ".new";
        File.Delete(next); // what an exporter left that was killed; and no link that somebody has put there is followed
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite; // it names servers and what they said
        }

        using (var stream = new FileStream(next, options))
        {
            JsonSerializer.Serialize(stream, document, StateContext.Default.StateDocument);
            stream.Flush(flushToDisk: true); // before it takes the old one's place
        }

        File.Move(next, place, overwrite: true);
    }
}
