using Zmtp;

namespace ZmqExporter.Probing;

/// <summary>Whether a wrong reply may be none: a server may greet each new connection, and such a message can cross the request.</summary>
internal static class UnaskedHint
{
    /// <summary>What to say behind a verdict on a reply; empty when nothing speaks for it.</summary>
    /// <param name="socket">Ours: a REQ has no <c>until</c>.</param>
    /// <param name="message">What came instead of the reply.</param>
    /// <param name="cannotAnswer">Whether it came before the peer's host had our request.</param>
    public static string Of(SocketType socket, ZmtpMessage message, bool cannotAnswer) => socket == SocketType.Req ? ""
        : message.Length == 0 ? "; perhaps it is no reply: ROUTER sockets with ZMQ_PROBE_ROUTER send an empty message to each new peer, and until passes over it"
        : cannotAnswer ? "; it came before the server had the request: the server sends such a message to each new connection, and until passes over it"
        : "";
}
