using Zmtp.Timing;

namespace Zmtp.Connections;

/// <summary>When the phases of a connection began. Not set, as long as they have not.</summary>
internal struct ConnectionTimes
{
    /// <summary>When it was started.</summary>
    public Timestamp Started { get; set; }

    /// <summary>When the addresses were known.</summary>
    public Timestamp ConnectStarted { get; set; }

    /// <summary>When TCP connected.</summary>
    public Timestamp Connected { get; set; }

    /// <summary>When the handshake ended.</summary>
    public Timestamp Opened { get; set; }

    /// <summary>When it was closed.</summary>
    public Timestamp Closed { get; set; }

    /// <summary>
    /// How soon after a PING a peer ends the connection that cannot take it: at once, but it may be busy, and far away: the handshake
    /// took at least two ways there and back.
    /// </summary>
    public readonly TimeSpan PingReaction => TimeSpan.FromSeconds(1) + (Opened - Connected);

    /// <summary>How long the phases took so far.</summary>
    /// <param name="isName">Whether there is a name to resolve.</param>
    /// <param name="now">The present.</param>
    public readonly ConnectionTimings Timings(bool isName, Timestamp now)
    {
        var end = Closed.IsSet ? Closed : now;
        return new ConnectionTimings(
            isName ? Between(Started, ConnectStarted, end) : null,
            Between(ConnectStarted, Connected, end),
            Between(Connected, Opened, end));
    }

    private static TimeSpan? Between(Timestamp start, Timestamp end, Timestamp ifNotYet) =>
        start.IsSet ? Timestamp.Max(start, end.IsSet ? end : ifNotYet) - start : null;
}
