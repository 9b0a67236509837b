using Zmtp;
using Zmtp.Listening;

namespace ZmqExporter.Probing;

/// <summary>The other end of a connection by which heartbeats are pushed. Thread-safe.</summary>
internal interface IPushPeer
{
    /// <summary>Who and from where, for people.</summary>
    string Words { get; }

    /// <summary>Whether it announced ZMTP 3.1 or later, and so knows PING.</summary>
    bool KnowsPing { get; }

    /// <summary>Whether it ended the connection at our first PING.</summary>
    bool EndedAtPing { get; }

    /// <summary>Whether its kernel acknowledged all that we sent; null where nobody tells.</summary>
    bool? IsAcknowledged { get; }

    /// <summary>When somebody was kept away last who may have been this one, coming again; not set when nobody was.</summary>
    Timestamp KeptAwayAt { get; }

    /// <summary>Asks its I/O thread for a sign of life; who asks while a question is out waits for its answer.</summary>
    /// <returns>Null when it cannot be asked.</returns>
    ListenerPing? Ping();
}
