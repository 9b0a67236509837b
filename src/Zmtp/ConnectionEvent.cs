namespace Zmtp;

/// <summary>What happened to a connection, under the names of libzmq's socket monitor (zmq_socket_monitor(3)).</summary>
public enum ConnectionEvent
{
    /// <summary>The TCP connection was made.</summary>
    Connected,

    /// <summary>The connect did not end at once and goes on in the background.</summary>
    ConnectDelayed,

    /// <summary>A further attempt was scheduled after a failure or a loss.</summary>
    ConnectRetried,

    /// <summary>We closed the connection, or the socket of an attempt that failed.</summary>
    Closed,

    /// <summary>The socket of an attempt could not be closed.</summary>
    CloseFailed,

    /// <summary>An established connection was lost.</summary>
    Disconnected,

    /// <summary>The ZMTP handshake succeeded.</summary>
    HandshakeSucceeded,

    /// <summary>The ZMTP handshake failed.</summary>
    HandshakeFailed,
}
