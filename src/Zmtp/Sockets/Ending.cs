namespace Zmtp.Sockets;

/// <summary>How a connection is closed. The side that closes first keeps the port for a minute (TIME_WAIT), unless it resets.</summary>
internal enum Ending
{
    /// <summary>With the end of our stream, so that a peer gets all that was sent and has nothing to log.</summary>
    Orderly,

    /// <summary>With a reset: it was good for nothing, and ports are too few to keep one for each failed attempt.</summary>
    Reset,

    /// <summary>The peer has closed its side: there is nobody to say goodbye to.</summary>
    PeerIsGone,
}
