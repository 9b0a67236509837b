namespace ZmqExporter.Configuration.Loading;

/// <summary>
/// Tells one state of a file from another, without reading it: which file its name leads to, through all links, with its length, when it
/// was written, and which inode that is since when. So a file that was replaced is seen, also by one of the same length and time (tar and
/// rsync keep times, and image builders set all to one), and a link somewhere in its path that was turned, as Kubernetes does it.
/// </summary>
internal static class FileFingerprint
{
    /// <summary>The state of a file now. Never throws.</summary>
    public static string Of(string file)
    {
        try
        {
            var path = Resolve(file);
            var info = new FileInfo(path);
            return info.Exists
                ? FormattableString.Invariant($"{path} {info.Length} {info.LastWriteTimeUtc.Ticks} {FileStatus.Of(path)?.Identity}")
                : $"{path} -";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return $"{file} {exception.GetType().Name}";
        }
    }

    // A mounted ConfigMap: config.yml -> ..data/config.yml and ..data -> ..2026_11_26; only the last of these links is turned.
    private static string Resolve(string file)
    {
        var path = Path.GetFullPath(file);
        for (var links = 0; links < 40; links++) // as many as Linux follows
        {
            if (ReplaceFirstLink(path) is not { } next)
            {
                return path;
            }

            path = next;
        }

        return path;
    }

    private static string? ReplaceFirstLink(string path)
    {
        var parts = path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        var directory = Path.GetPathRoot(path) ?? "/";
        for (var i = 0; i < parts.Length; i++)
        {
            var here = Path.Combine(directory, parts[i]);
            if (new FileInfo(here).LinkTarget is { } target)
            {
                return Path.GetFullPath(Path.Combine([directory, target, .. parts[(i + 1)..]]));
            }

            directory = here;
        }

        return null;
    }
}
