using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Who pushed heartbeats: one connection. Thread-safe.</summary>
/// <param name="words">Who and from where, for people.</param>
internal sealed class PushSender(string words)
{
    private Timestamp _closedAt;
    private volatile string _why = "";

    /// <summary>Who and from where, for people.</summary>
    public string Words => words;

    /// <summary>When its connection was over; not set before.</summary>
    public Timestamp ClosedAt => Timestamp.VolatileRead(ref _closedAt);

    /// <summary>Why; empty before.</summary>
    public string Why => _why;

    /// <summary>Its connection is over.</summary>
    public void OnClosed(Timestamp at, string why)
    {
        _why = why;
        Timestamp.VolatileWrite(ref _closedAt, at);
    }
}
