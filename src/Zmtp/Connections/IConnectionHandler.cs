using Zmtp.Sessions;
using Zmtp.Timing;

namespace Zmtp.Connections;

/// <summary>
/// The owner of connections: is notified of what happens on them, and names the receiver of what they bring.
/// Called on thread-pool threads, and with <see cref="ZmtpOptions.IsHandledQuickly"/> on the thread that watches all sockets; for one
/// connection never twice at a time except for <see cref="OnClosed"/>, which may come while another call runs; must not block. The
/// thread that reads the socket makes the calls, and no other thread reads meanwhile; the handler may call every method of the connection.
/// </summary>
public interface IConnectionHandler
{
    /// <summary>Takes what the connection receives. Called once, by the thread that starts it and before it starts.</summary>
    /// <param name="connection">To be kept, and not used before the call has returned, except for its options.</param>
    /// <returns>A receiver for this connection alone: a <see cref="MessageReceiver"/>, or one that takes frames as they are.</returns>
    IFrameReceiver CreateReceiver(ZmtpConnection connection);

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
