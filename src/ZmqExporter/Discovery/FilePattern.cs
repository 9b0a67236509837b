using System.IO.Enumeration;
using ZmqExporter.Configuration;

namespace ZmqExporter.Discovery;

/// <summary>
/// The files that a path means whose last component may hold <c>*</c>. As in Prometheus, a file that is not there is none; so is whatever has no
/// content, such as a pipe, which nobody could read without waiting for somebody who writes.
/// </summary>
internal static class FilePattern
{
    private static readonly EnumerationOptions AllFiles = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <summary>The files at this moment, in the order of their names.</summary>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be read.</exception>
    public static IReadOnlyList<string> Find(string path)
    {
        var name = Path.GetFileName(path);
        if (!name.Contains('*', StringComparison.Ordinal))
        {
            return IsFile(path) ? [path] : [];
        }

        // Only * means something: in a name, ? and \ are what they are.
        var expression = name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal);
        var directory = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        try
        {
            return
            [
                .. Directory.EnumerateFileSystemEntries(directory, "*", AllFiles)
                    .Select(Path.GetFileName)
                    .Where(file => FileSystemName.MatchesSimpleExpression(expression, file, ignoreCase: false))
                    .Order(StringComparer.Ordinal)
                    .Select(file => directory == "." && !path.StartsWith("./", StringComparison.Ordinal) ? file! : Path.Combine(directory, file!))
                    .Where(file => IsFile(file, isListed: true)),
            ];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    // Where a directory lists it, it counts although it cannot be looked at: a link to nowhere is an error of the list.
    private static bool IsFile(string path, bool isListed = false) =>
        !Directory.Exists(path) && (isListed || File.Exists(path)) && FileStatus.Of(path) is null or { Kind: FileKind.Regular };
}
