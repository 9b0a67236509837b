using System.Diagnostics;

namespace ZmqExporter.Content;

/// <summary>
/// Until when queries may look into one message: filters and searches may take far more time than its bytes, and a regular expression that backtracks has
/// the time of each match in the hands of the peer. Of the time of this thread, where the system tells it: on a busy machine our lateness would be
/// taken for the message's fault. Immutable; for the thread that began it.
/// </summary>
internal readonly struct QueryDeadline
{
    /// <summary>How long all queries of one look may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500);

    private readonly long _begin;
    private readonly TimeSpan? _used;

    private QueryDeadline(long begin, TimeSpan? used)
    {
        _begin = begin;
        _used = used;
    }

    /// <summary>Whether it has passed.</summary>
    public bool IsOver => Stopwatch.GetElapsedTime(_begin) >= Limit // no less than the thread's time, and quicker to ask for
        && (_used is not { } before || ThreadClock.Used is not { } now || now - before >= Limit);

    /// <summary>Begins now.</summary>
    public static QueryDeadline Begin() => new(Stopwatch.GetTimestamp(), ThreadClock.Used);

    /// <summary>Goes on if there is time.</summary>
    /// <exception cref="TimeoutException">It has passed.</exception>
    public void Check()
    {
        if (IsOver)
        {
            throw new TimeoutException("a query took too long");
        }
    }
}
