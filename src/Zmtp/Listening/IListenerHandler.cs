using System.Net.Sockets;
using Zmtp.Timing;

namespace Zmtp.Listening;

/// <summary>
/// Takes what peers that connected to us send. Called on the network's threads, for each peer one call at a time: must not block.
/// </summary>
public interface IListenerHandler
{
    /// <summary>A peer has ended its handshake: messages may come.</summary>
    void OnOpened(ListenerPeer peer);

    /// <summary>A peer sent a message.</summary>
    /// <param name="peer">Which.</param>
    /// <param name="message">The frames.</param>
    /// <param name="arrived">When it came, by the kernel where that tells.</param>
    void OnMessage(ListenerPeer peer, ZmtpMessage message, Timestamp arrived);

    /// <summary>A peer was refused in its handshake, or cut off later because it broke a rule.</summary>
    void OnRefused(ListenerPeer peer, ZmtpError error);

    /// <summary>There was no room for a peer.</summary>
    /// <param name="address">Where it came from.</param>
    void OnTurnedAway(string address);

    /// <summary>Nobody could be accepted; it is tried again.</summary>
    /// <param name="error">Why; null when memory is short.</param>
    void OnAcceptFailed(SocketError? error);

    /// <summary>The connection of a peer that was open is over.</summary>
    /// <param name="peer">Which.</param>
    /// <param name="error">Why.</param>
    void OnClosed(ListenerPeer peer, ZmtpError error);
}
