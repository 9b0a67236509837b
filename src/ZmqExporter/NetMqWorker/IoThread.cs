using System.Globalization;
using System.Net.Sockets;

namespace ZmqExporter.NetMqWorker;

/// <summary>NetMQ's I/O threads, by the names that it gives them.</summary>
internal static class IoThread
{
    /// <summary>Stands for a death that names no thread.</summary>
    public const int Unknown = -1;

    private const string Prefix = "iothread-";
    private const char Sleeps = 'S';
    private const int First = 2; // numbers 0 and 1 are NetMQ's own
    private const int MostWords = 300;
    private const int Most = 64; // the affinity of a socket is a mask of so many bits
    private const long LongestDeath = 3000; // ms, from the exception to our handler on a busy machine

    private const long LongestLateness = 1000; // ms

    private static readonly long[] Threw = new long[Most]; // when, by number
    private static readonly Lazy<Dictionary<int, string>> States = new(FindStates); // their files in /proc, once NetMQ has its threads
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
    /// Whether a thread waits for work, so that it has come to everything that there was: .NET takes bytes from the kernel before the thread
    /// looks at them, and a flood on other connections keeps it busy. True as well where the system does not tell.
    /// </summary>
    public static bool IsIdle(int number)
    {
        if (!States.Value.TryGetValue(number, out var file))
        {
            return true;
        }

        try
        {
            var collections = GC.CollectionCount(0);
            var stat = File.ReadAllText(file); // proc_pid_stat(5): the state follows a name in parentheses
            return stat[stat.LastIndexOf(')')..] is [_, _, Sleeps, ..]
                && GC.CollectionCount(0) == collections; // while garbage is collected, a thread in the middle of something sleeps as well
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>An exception and where it was thrown, in one line.</summary>
    public static string Describe(Exception exception)
    {
        var place = exception.StackTrace?.Split('\n', 2)[0].Trim();
        var words = $"{exception.GetType().Name}: {exception.Message} {place}".ReplaceLineEndings(" ");
        return words.Length <= MostWords ? words : words[..MostWords];
    }

    private static Dictionary<int, string> FindStates()
    {
        const string Threads = "/proc/self/task";
        var states = new Dictionary<int, string>();
        foreach (var thread in Directory.Exists(Threads) ? Directory.GetDirectories(Threads) : [])
        {
            try
            {
                if (NumberOf(File.ReadAllText(Path.Combine(thread, "comm")).TrimEnd()) is { } number)
                {
                    states[number] = Path.Combine(thread, "stat");
                }
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        return states;
    }
}
