using Zmtp;

namespace ZmqExporter.Messaging;

/// <summary>
/// One target's way to its server, over either client library. A probe is: <see cref="OpenAsync"/>, any number of
/// <see cref="Send"/> and <see cref="ReceiveAsync"/>, <see cref="EndProbe"/>. One caller at a time, and at most one call awaited;
/// <see cref="IDisposable.Dispose"/> may come at any time and ends a call that waits.
/// </summary>
internal interface IMessageLink : IDisposable
{
    /// <summary>What the peer said of itself on the connection in use, or null.</summary>
    PeerInfo? Peer { get; }

    /// <value>Whether this client sees the ZMTP handshake and can send a PING. If not, a connection is TCP and no more until a message
    /// comes, and <see cref="SendPing"/> asks for a sign of life in another way.</value>
    bool SeesZmtp => true;

    /// <summary>Whether the last connection got as far as a valid greeting, as far as the client can tell.</summary>
    bool HasGreeted { get; }

    /// <summary>Whether the connection in use only looks at its peer, so that this gives it no work: nothing more is sent on it.</summary>
    bool OnlyLooks => false;

    /// <summary>How the connection in use was made, or how far the last attempt came.</summary>
    ConnectionTimings Timings { get; }

    /// <value>When the connection in use was opened; not set when there is none or the client does not tell.</value>
    Timestamp OpenedAt => Timestamp.None;

    /// <value>How much of the time until the connection in use was open was our own lateness.</value>
    TimeSpan OwnDelay => TimeSpan.Zero;

    /// <value>Whether the peer ended the connection in use right after the first PING that we sent on it, as one does that does not know it.</value>
    bool WasLostToPing => false;

    /// <value>Of a PUB's link with topics: whether the peer of the connection in use has subscribed to each of them, which ends a wait as a message would,
    /// but without one. Null where nobody tells.</value>
    bool? IsSubscribed => null;

    /// <summary>
    /// Begins a probe: waits for a connection, which is made now unless one is open. From here on messages are awaited; those
    /// that came before went to <see cref="ILinkObserver.OnUnawaitedMessage"/>.
    /// </summary>
    /// <param name="deadline">Timestamp.</param>
    /// <returns><see cref="LinkOutcomeKind.Opened"/> or <see cref="LinkOutcomeKind.Failed"/>.</returns>
    ValueTask<LinkOutcome> OpenAsync(Timestamp deadline);

    /// <value>Whether a connection beside the one in use may take part, and not only shake hands.</value>
    bool MayReplace => true;

    /// <summary>Sends a message. A loss shows in <see cref="ReceiveAsync"/>.</summary>
    void Send(ZmtpMessage message);

    /// <summary>Asks the peer's I/O thread for a sign of life.</summary>
    /// <returns>False when this client or this peer has no such question, so that silence means nothing.</returns>
    bool SendPing();

    /// <summary>Whether the peer's kernel has acknowledged everything that was sent on the connection in use; null where nobody tells.</summary>
    bool? IsAcknowledged => null;

    /// <summary>
    /// Starts to make a fresh connection beside the one in use, to tell a connection that died in silence from a dead server. Its end
    /// comes out of <see cref="ReceiveAsync"/> as <see cref="LinkOutcomeKind.BesideOpened"/> or <see cref="LinkOutcomeKind.BesideFailed"/>.
    /// </summary>
    /// <param name="deadline">Timestamp by which its handshake has to be done.</param>
    /// <returns>False when this client cannot.</returns>
    bool OpenBeside(Timestamp deadline) => false;

    /// <summary>
    /// Sends a message on the open connection beside, while the one in use stays in use: from now on messages of both come out of
    /// <see cref="ReceiveAsync"/>, those of the one beside with <see cref="LinkOutcome.IsBeside"/>.
    /// </summary>
    void SendBeside(ZmtpMessage message) => throw new NotSupportedException("This client makes no connection beside the one in use.");

    /// <summary>Puts the open connection beside into use. The old one is given up; a late reply on it is still counted.</summary>
    /// <returns>False when it has been lost meanwhile; then nothing changes.</returns>
    bool TakeBeside() => throw new NotSupportedException("This client makes no connection beside the one in use.");

    /// <summary>Gives up the connection beside, if there is one.</summary>
    void DropBeside()
    {
    }

    /// <summary>Waits for the next message or sign of life.</summary>
    /// <param name="until">Timestamp.</param>
    ValueTask<LinkOutcome> ReceiveAsync(Timestamp until);

    /// <summary>Ends the probe.</summary>
    /// <param name="next">What becomes of the connection.</param>
    void EndProbe(AfterProbe next);
}

/// <summary>What becomes of a connection after a probe.</summary>
internal enum AfterProbe
{
    /// <summary>The next probe uses it again.</summary>
    Keep,

    /// <summary>The next probe uses it again, and what is awaited may still come on it: it is not renewed meanwhile, however old it is.</summary>
    KeepUnanswered,

    /// <summary>The next probe needs another, but a reply may still come on this one: it is kept a while, to count that.</summary>
    KeepForLateReply,

    /// <summary>It is closed.</summary>
    Close,

    /// <summary>It is closed because the probe failed, and keeps no port: failures can be many.</summary>
    Abort,
}

/// <summary>Takes what happens outside of the calls of a link. Called from any thread; must not block.</summary>
internal interface ILinkObserver
{
    /// <summary>Something happened to a connection.</summary>
    void OnConnectionEvent(ConnectionEvent connectionEvent);

    /// <summary>A message came while no probe waits for one.</summary>
    void OnUnawaitedMessage(ZmtpMessage message);
}
