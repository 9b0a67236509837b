using System.Diagnostics;

namespace ZmqExporter.Content;

/// <summary>
/// Until when queries may look into one message: filters and searches may take far more time than its bytes, and a regular expression that backtracks has
/// the time of each match in the hands of the peer. Immutable.
/// </summary>
internal readonly struct QueryDeadline
{
    /// <summary>How long all queries of one look may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500);

    private readonly long _end;

    private QueryDeadline(long end) => _end = end;

    /// <summary>Whether it has passed.</summary>
    public bool IsOver => Stopwatch.GetTimestamp() >= _end;

    /// <summary>Begins now.</summary>
    public static QueryDeadline Begin() => new(Stopwatch.GetTimestamp() + (long)(Limit.TotalSeconds * Stopwatch.Frequency));

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
