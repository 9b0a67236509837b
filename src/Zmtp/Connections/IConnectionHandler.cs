using Zmtp.Timing;

namespace Zmtp.Connections;

/// <summary>
/// Takes what a connection notices; who wants the messages, too, is an <see cref="IMessageHandler"/> or an <see cref="IFrameHandler"/>.
/// Called on thread-pool threads, for one connection never twice at a time except for <see cref="OnClosed"/>, which may come while
/// another call runs; must not block. What comes from the socket is told by whoever reads it, and nobody else reads meanwhile; every
/// method of the connection may be called from here.
/// </summary>
public interface IConnectionHandler
{
    /// <summary>Something happened, under libzmq's names.</summary>
    void OnEvent(ConnectionEvent connectionEvent);

    /// <summary>The handshake succeeded: messages may be sent.</summary>
    void OnOpened(ZmtpConnection connection, PeerInfo peer);

    /// <summary>The answer to the last PING came.</summary>
    /// <param name="connection">Where from.</param>
    /// <param name="timestamp">When it came, at the latest, on the timer queue's clock.</param>
    void OnPong(ZmtpConnection connection, Timestamp timestamp);

    /// <summary>The connection could not be made or was lost. The last call, and the only one after an error; not made when we close it ourselves.</summary>
    void OnClosed(ZmtpConnection connection, ZmtpError error);
}
