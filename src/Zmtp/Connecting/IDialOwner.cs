using System.Net;
using Zmtp.Timing;

namespace Zmtp.Connecting;

/// <summary>The connection that a <see cref="Dialer"/> works for.</summary>
internal interface IDialOwner
{
    /// <summary>When it was started.</summary>
    Timestamp StartedAt { get; }

    /// <summary>When the handshake has to be done, as it stands now.</summary>
    Timestamp Deadline { get; }

    /// <summary>Our own lateness, by which the deadline moves.</summary>
    Lateness Lateness { get; }

    /// <summary>Since when its caller has been held back; not set when it was not.</summary>
    Timestamp HeldBackSince { get; }

    /// <summary>Whether its caller lets it connect to an address.</summary>
    bool MayConnect(EndPoint address);

    /// <summary>Something happened.</summary>
    void RaiseEvent(ConnectionEvent connectionEvent);

    /// <summary>The addresses are known.</summary>
    void OnConnecting();

    /// <summary>TCP connected: the attempt's socket is the owner's now. The last call, as <see cref="OnDialFailed"/>.</summary>
    void OnConnected(DialAttempt attempt);

    /// <summary>No address could be reached.</summary>
    void OnDialFailed(ZmtpError error);
}
