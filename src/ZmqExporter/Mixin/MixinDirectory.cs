using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace ZmqExporter.Mixin;

/// <summary>What became of files that were to be written.</summary>
/// <param name="Written">How many were written.</param>
/// <param name="Unchanged">How many were there already with the same text.</param>
/// <param name="Foreign">Those that somebody else wrote, or changed since; when there are any, nothing is written.</param>
internal sealed record MixinOutcome(int Written, int Unchanged, ImmutableArray<string> Foreign);

/// <summary>Writes what was rendered into a directory, and knows its own files again by their checksums.</summary>
/// <param name="path">The directory, which is made when it is not there.</param>
internal sealed class MixinDirectory(string path)
{
    /// <summary>The file with the checksums, which <c>sha256sum -c</c> reads, too.</summary>
    public const string SumsFile = "zmq_exporter.sha256";

    private const int HashLength = 64;
    private const string Separator = "  ";

    /// <summary>Writes files: all of them are complete on the disk before the first one takes its place.</summary>
    /// <param name="files">What to write.</param>
    /// <param name="overwrites">Whether files of others are overwritten.</param>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public MixinOutcome Write(IReadOnlyList<MixinFile> files, bool overwrites)
    {
        Directory.CreateDirectory(path);
        var sums = ReadSums();
        var found = files.ToDictionary(file => file.Name, file => HashOfFile(file.Name), StringComparer.Ordinal);
        MixinFile[] changed = [.. files.Where(file => found[file.Name] != HashOf(file.Text))];
        ImmutableArray<string> foreign =
            [.. changed.Where(file => found[file.Name] is { } hash && sums.GetValueOrDefault(file.Name) != hash).Select(file => file.Name)];
        if (foreign.Length > 0 && !overwrites)
        {
            return new MixinOutcome(0, files.Count - changed.Length, foreign);
        }

        foreach (var file in files)
        {
            sums[file.Name] = HashOf(file.Text);
        }

        var list = string.Concat(sums.Select(sum => $"{sum.Value}{Separator}{sum.Key}\n"));
        Replace([.. changed, new MixinFile(SumsFile, list)]);
        return new MixinOutcome(changed.Length, files.Count - changed.Length, []);
    }

    private static string HashOf(string text) => HashOf(Encoding.UTF8.GetBytes(text));

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private string? HashOfFile(string name)
    {
        var file = Path.Combine(path, name);
        return File.Exists(file) ? HashOf(File.ReadAllBytes(file)) : null;
    }

    private SortedDictionary<string, string> ReadSums()
    {
        var sums = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var file = Path.Combine(path, SumsFile);
        foreach (var line in File.Exists(file) ? File.ReadAllLines(file) : [])
        {
            if (line.Length > HashLength + Separator.Length)
            {
                sums[line[(HashLength + Separator.Length)..]] = line[..HashLength];
            }
        }

        return sums;
    }

    private void Replace(MixinFile[] files)
    {
        string TemporaryOf(MixinFile file) => Path.Combine(path, $".{file.Name}.{Environment.ProcessId}.tmp");
        try
        {
            foreach (var file in files)
            {
                using var stream = new FileStream(TemporaryOf(file), FileMode.CreateNew, FileAccess.Write);
                stream.Write(Encoding.UTF8.GetBytes(file.Text));
                stream.Flush(flushToDisk: true);
            }

            foreach (var file in files)
            {
                File.Move(TemporaryOf(file), Path.Combine(path, file.Name), overwrite: true);
            }
        }
        finally
        {
            foreach (var file in files)
            {
                File.Delete(TemporaryOf(file)); // after a failure; otherwise it is not there any more
            }
        }
    }
}
