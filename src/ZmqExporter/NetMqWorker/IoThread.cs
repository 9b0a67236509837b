using System.Globalization;

namespace ZmqExporter.NetMqWorker;

/// <summary>NetMQ's I/O threads, by the names that it gives them.</summary>
internal static class IoThread
{
    /// <summary>Stands for a death that names no thread.</summary>
    public const int Unknown = -1;

    private const string Prefix = "iothread-";
    private const int First = 2; // numbers 0 and 1 are NetMQ's own
    private const int MostWords = 300;

    /// <summary>The number of an I/O thread as its sockets' affinity says it, or null for another thread.</summary>
    public static int? NumberOf(string? threadName) =>
        threadName?.StartsWith(Prefix, StringComparison.Ordinal) == true
        && int.TryParse(threadName.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number - First
            : null;

    /// <summary>An exception and where it was thrown, in one line.</summary>
    public static string Describe(Exception exception)
    {
        var place = exception.StackTrace?.Split('\n', 2)[0].Trim();
        var words = $"{exception.GetType().Name}: {exception.Message} {place}".ReplaceLineEndings(" ");
        return words.Length <= MostWords ? words : words[..MostWords];
    }
}
