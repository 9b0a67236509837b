using System.Globalization;
using System.Net.Sockets;

namespace ZmqExporter.NetMqWorker;

/// <summary>NetMQ's I/O threads, by the names that it gives them.</summary>
internal static class IoThread
{
    /// <summary>Stands for a death that names no thread.</summary>
    public const int Unknown = -1;

    private const string Prefix = "iothread-";
    private const string Threads = "/proc/self/task";
    private const string DotNetSockets = ".NET Sockets";
    private const int First = 2; // numbers 0 and 1 are NetMQ's own
    private const int MostWords = 300;
    private const int Most = 64; // the affinity of a socket is a mask of so many bits
    private const long LongestDeath = 3000; // ms, from the exception to our handler on a busy machine

    private const long LongestLateness = 1000; // ms

    private static readonly long[] Threw = new long[Most]; // when, by number
    private static readonly Lazy<ILookup<string, string>> States = new(FindStates, LazyThreadSafetyMode.PublicationOnly); // files in /proc by thread name, once NetMQ has its threads
    private static long _late; // when

    /// <summary>The number of an I/O thread as its sockets' affinity says it, or null for another thread.</summary>
    public static int? NumberOf(string? threadName) =>
        threadName?.StartsWith(Prefix, StringComparison.Ordinal) == true
        && int.TryParse(threadName.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number - First
            : null;

    /// <summary>Notices an exception at the moment when it is thrown: from then on its thread may serve nobody any more.</summary>
    public static void OnThrown(Exception exception)
    {
        if (exception is not SocketException && NumberOf(Thread.CurrentThread.Name) is { } number and >= 0 and < Most)
        {
            Volatile.Write(ref Threw[number], Environment.TickCount64);
        }
    }

    /// <summary>Notices that this process did not get to run: its threads did not, either.</summary>
    public static void OnLate() => _late = Environment.TickCount64;

    /// <summary>Whether a thread may be dying or did not get to run, so that silence on it says nothing of a server. On the thread of the loop.</summary>
    public static bool MayBeSilent(int number) =>
        (Volatile.Read(ref Threw[number]) is > 0 and var threw && Environment.TickCount64 - threw < LongestDeath)
        || (_late > 0 && Environment.TickCount64 - _late < LongestLateness);

    /// <summary>
    /// Whether a thread waits for work, and that of .NET which hands it what sockets bring, so that it has come to everything that there was:
    /// a flood on other connections keeps both busy. True as well where the system does not tell.
    /// </summary>
    public static bool IsIdle(int number)
    {
        var collections = GC.CollectionCount(0);
        return AreAsleep(DotNetSockets) && AreAsleep(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number + First}"))
            && GC.CollectionCount(0) == collections; // while garbage is collected, a thread in the middle of something sleeps as well
    }

    /// <summary>An exception and where it was thrown, in one line.</summary>
    public static string Describe(Exception exception)
    {
        var place = exception.StackTrace?.Split('\n', 2)[0].Trim();
        var words = $"{exception.GetType().Name}: {exception.Message} {place}".ReplaceLineEndings(" ");
        return words.Length <= MostWords ? words : words[..MostWords];
    }

    // proc_pid_stat(5): the state follows a name in parentheses.
    private static bool AreAsleep(string name) => States.Value[name].All(static file => Read(file) is not { Length: > 0 } stat || stat.AsSpan(stat.LastIndexOf(')')) is [_, _, 'S', ..]);

    private static ILookup<string, string> FindStates() => (Directory.Exists(Threads) ? Directory.GetDirectories(Threads) : []) // not every system has it, or shows it
        .ToLookup(static thread => Read($"{thread}/comm").TrimEnd(), static thread => $"{thread}/stat", StringComparer.Ordinal);

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return ""; // the thread has ended, or is hidden
        }
    }
}
