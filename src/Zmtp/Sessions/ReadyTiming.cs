namespace Zmtp.Sessions;

/// <summary>
/// When a NULL client sends its READY if the peer's has not come. RFC 37 lets either side go first, and there are servers of each kind:
/// Erlang's chumak waits for the client, and a libzmq server whose type does not fit ours may close on our READY before its own is sent,
/// so that nobody learns why.
/// </summary>
internal enum ReadyTiming
{
    /// <summary>
    /// A moment after the greetings: long enough for libzmq to have sent its own, short enough for those who wait. With the types whose
    /// partners give nothing unasked.
    /// </summary>
    AfterMoment,

    /// <summary>When the greeting's timeout is over: with the other types, on a connection that is meant to take part.</summary>
    AfterTimeout,

    /// <summary>
    /// Never before the peer's: with the other types, on a connection that must not take part before it is known in what. Whatever the
    /// delay on the way, a peer that hands out work has not seen our READY then.
    /// </summary>
    AfterPeers,
}
